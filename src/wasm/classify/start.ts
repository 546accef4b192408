/** Random weights of a layer. */
import { Arena, roomFor } from "../arena.js";
import type { ClassifyCore } from "./core.js";
import { purposes } from "./purposes.js";

/** Weights (outputs x inputs) and biases of layer number `l` of a seed: block l of the stream, weights first. */
export function startWeights(
  core: ClassifyCore,
  seed: number,
  l: number,
  start: "he" | "glorot" | "torch",
  inputs: number,
  outputs: number,
): { weights: Float32Array; biases: Float32Array } {
  const { kernels } = core;
  const count = inputs * outputs;
  const arena = new Arena(kernels, roomFor(128, 4 * count, 4 * outputs));
  try {
    const key = arena.bytes(128);
    kernels.makeKey(key, seed, 0, purposes.weights);
    const [weights, biases] = [arena.bytes(4 * count), arena.bytes(4 * outputs)];
    const scale = { he: 2 / inputs, glorot: 6 / (inputs + outputs), torch: 1 / inputs }[start];
    kernels.fillStart(key, l, start === "he" ? 1 : 0, Math.sqrt(scale), weights, count);
    if (start === "torch") kernels.fillStart(key, -1, 0, Math.sqrt(scale), biases, outputs);
    return { weights: arena.f32(weights, count).slice(), biases: arena.f32(biases, outputs).slice() };
  } finally {
    arena.free();
  }
}
