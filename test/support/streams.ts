// A core's streams, as tests read them.
import { type Core, loadCore, type Target } from "./core.js";

/** Numbers of doubles that one call gives at most. */
const ROOM = 1 << 20;

export interface Stream {
  /** Words 0 .. count - 1 of a block; a view that the next call overwrites. */
  words(block: number | bigint, count: number): BigUint64Array;
  normals(block: number | bigint, count: number): Float64Array;
  normals32(block: number | bigint, count: number): Float32Array;
  scalarNormals(block: number | bigint, count: number): Float64Array;
  chi(block: number | bigint, degrees: ArrayLike<number>): Float64Array;
  /** The 16 key words. */
  readonly key: BigUint64Array;
}

export interface Streams {
  readonly core: Core;
  stream(seed: number, stream?: number, purpose?: number): Stream;
}

/** One instance of a target with its tables made, and room for the draws. */
export function loadStreams(target: Target = "release"): Streams {
  const core = loadCore(target);
  const { exports, memory } = core;
  exports.initialise();
  const state = core.f64(16);
  const out = core.f64(ROOM);
  const input = core.f64(ROOM);
  const keys = core.f64(16 * 4096);
  let used = 0;
  const checked = (count: number) => {
    if (count > ROOM) throw new RangeError(`${count} draws at once; at most ${ROOM}`);
  };
  return {
    core,
    stream(seed, stream = 0, purpose = 0) {
      // 4096 keys live at a time, far more than a test uses
      const key = keys + 128 * (used++ % 4096);
      exports.makeKey(key, seed, stream, purpose);
      const seek = (block: number | bigint) => exports.seekBlock(state, key, BigInt(block));
      return {
        key: new BigUint64Array(memory.buffer, key, 16).slice(),
        words(block, count) {
          checked(count);
          seek(block);
          exports.fillWords(state, out, count);
          return new BigUint64Array(memory.buffer, out, count);
        },
        normals(block, count) {
          checked(count);
          seek(block);
          exports.fillNormals(state, key, BigInt(block), out, count);
          return new Float64Array(memory.buffer, out, count);
        },
        normals32(block, count) {
          checked(count);
          seek(block);
          exports.fillNormals32(state, key, BigInt(block), out, count);
          return new Float32Array(memory.buffer, out, count);
        },
        scalarNormals(block, count) {
          checked(count);
          exports.fillScalarNormals(key, BigInt(block), out, count);
          return new Float64Array(memory.buffer, out, count);
        },
        chi(block, degrees) {
          checked(degrees.length);
          new Float64Array(memory.buffer, input, degrees.length).set(degrees);
          exports.fillChi(key, BigInt(block), input, out, degrees.length);
          return new Float64Array(memory.buffer, out, degrees.length);
        },
      };
    },
  };
}
