/** Small draws from a stream: what starts are made of. */
import { Arena, roomFor } from "./arena.js";
import type { SimulationCore } from "./core.js";

/** What the numbers of a stream are for; no two uses share numbers. Frozen: part of every result. */
export const purposes = { inputs: 0, start: 1, frame: 2, chainInputs: 3, chainNorms: 4, order: 5 } as const;

export interface Draws {
  /** `count` standard normals. */
  normals(count: number): Float64Array;
  /** One chi variate for each number of degrees of freedom. */
  chi(degrees: readonly number[]): Float64Array;
}

/** Draws for the start of (seed, stream), block after block. */
export function startDraws(core: SimulationCore, seed: number, stream: number): Draws {
  let block = 0n;
  const { kernels } = core;
  const draw = (count: number, input: readonly number[], fill: (key: number, input: number, out: number) => void) => {
    const arena = new Arena(kernels, roomFor(128, 8 * input.length, 8 * count));
    try {
      const key = arena.bytes(128);
      kernels.makeKey(key, seed, stream, purposes.start);
      const from = arena.put(input);
      const out = arena.bytes(8 * Math.max(1, count));
      fill(key, from, out);
      block += 1n;
      return arena.f64(out, count).slice();
    } finally {
      arena.free();
    }
  };
  return {
    normals: (count) => draw(count, [], (key, _, out) => kernels.fillScalarNormals(key, block, out, count)),
    chi: (degrees) =>
      draw(degrees.length, degrees, (key, from, out) => kernels.fillChi(key, block, from, out, degrees.length)),
  };
}
