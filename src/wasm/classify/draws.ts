/** Draws of tasks from the core's streams, and the core's functions on arrays. */
import { Arena, roomFor } from "../arena.js";

import type { ClassifyCore } from "./core.js";
import { purposes } from "./purposes.js";

/** Numbers of a block: a draw of any length is made of whole blocks, so a shorter one is the beginning of a longer one. */
const BLOCK = 1 << 12;

export interface TaskDraws {
  /** `count` standard normals. */
  normals(count: number): Float64Array;
  /** `count` uniforms in (0, 1). */
  uniforms(count: number): Float64Array;
  /** The 4096 uniforms of one block: any place of an endless row. */
  block(block: number): Float64Array;
}

/** Draws of a part of a task: parts of a seed share no numbers. Each call of normals or uniforms begins anew; one part, one use. */
export function taskDraws({ kernels }: ClassifyCore, seed: number, part: number): TaskDraws {
  type Fill = (key: number, block: bigint, out: number, count: number) => void;
  const draw = (fill: Fill, first: number, count: number) => {
    const drawn = new Float64Array(count);
    const arena = new Arena(kernels, roomFor(128, 8 * BLOCK));
    try {
      const key = arena.bytes(128);
      const out = arena.bytes(8 * BLOCK);
      kernels.makeKey(key, seed, part, purposes.tasks);
      for (let at = 0, block = first; at < count; at += BLOCK, block++) {
        const here = Math.min(BLOCK, count - at);
        fill(key, BigInt(block), out, here);
        drawn.set(arena.f64(out, here), at);
      }
      return drawn;
    } finally {
      arena.free();
    }
  };
  const uniform: Fill = (key, block, out, count) => kernels.fillScalarUniforms(key, block, out, count);
  return {
    normals: (count) => draw((key, block, out, n) => kernels.fillScalarNormals(key, block, out, n), 0, count),
    uniforms: (count) => draw(uniform, 0, count),
    block: (block) => draw(uniform, block, BLOCK),
  };
}

/** Numbers that draws are made of at a time. */
export const blockLength = BLOCK;

/** sin of each element, |x| <= 2^17. */
export function sines({ kernels }: ClassifyCore, x: Float64Array): Float64Array {
  const arena = new Arena(kernels, roomFor(x.byteLength, 2 * x.byteLength));
  try {
    const from = arena.put(x);
    const to = arena.bytes(16 * Math.max(1, x.length));
    kernels.sinCosArray(from, to, x.length);
    return arena.f64(to, 2 * x.length).filter((_, i) => i % 2 === 0);
  } finally {
    arena.free();
  }
}

/** An activation of the theory's, by its name, of each element. */
export function activated({ kernels, activations }: ClassifyCore, name: string, x: Float64Array): Float64Array {
  const even = x.length + (x.length % 2);
  const arena = new Arena(kernels, roomFor(8 * even, 8 * even, 8 * even));
  try {
    const from = arena.bytes(8 * Math.max(2, even));
    arena.f64(from, x.length).set(x);
    const to = arena.bytes(8 * Math.max(2, even));
    kernels.activate(activations.indexOf(name), from, to, arena.bytes(8 * Math.max(2, even)), x.length);
    return arena.f64(to, x.length).slice();
  } finally {
    arena.free();
  }
}
