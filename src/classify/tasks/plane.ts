/** Tasks in the plane, whose boundaries can be drawn. */
import { checkKeys, checkNumber, checkSeed } from "../../options.js";
import { sines, taskDraws } from "../../wasm/classify/draws.js";
import { classifyCore } from "../engine.js";
import { sampleList } from "../sample-list.js";
import { checkCount, checkedTaskOptions, parts, type Task, type TaskOptions, taskOf } from "./task.js";

export interface DiscTaskOptions extends TaskOptions {
  /** Height of the wave; default 0.5. */
  readonly amplitude?: number;
}

const TWO_PI = 6.283185307179586;

/**
 * x uniform in the unit disc, y = 1[x2 > amplitude sin(2 pi x1)], flipped with probability `noise` (default 0.1). 1000 training samples by default.
 *
 *     const { train, test, box } = await discTask({ seed: 1 });
 *
 * @throws SgdDynamicsError `invalid-argument`, `out-of-memory`
 */
export async function discTask(options: DiscTaskOptions): Promise<Task> {
  const checked = checkedTaskOptions("discTask", options, ["amplitude"], { train: 1000, noise: 0.1 });
  const amplitude = checkNumber("amplitude", options.amplitude ?? 0.5, "a finite number", Number.isFinite);
  const core = await classifyCore();
  const rule = (x: Float32Array) => {
    const heights = sines(
      core,
      Float64Array.from({ length: x.length / 2 }, (_, i) => TWO_PI * x[2 * i]),
    );
    return Int32Array.from(heights, (height, i) => (x[2 * i + 1] > amplitude * height ? 1 : 0));
  };
  // points of the square until enough are in the disc
  const inputs = (part: number, count: number) => {
    const draws = taskDraws(core, checked.seed, part);
    const x = new Float32Array(2 * count);
    let found = 0;
    for (let block = 0; found < count; block++) {
      const u = draws.block(block);
      for (let i = 0; i < u.length && found < count; i += 2) {
        const [a, b] = [Math.fround(2 * u[i] - 1), Math.fround(2 * u[i + 1] - 1)];
        if (a * a + b * b > 1) continue;
        x.set([a, b], 2 * found++);
      }
    }
    return x;
  };
  return taskOf(core, checked, { features: 2, box: { x: [-1, 1], y: [-1, 1] }, inputs, rule });
}

export interface BlobsTaskOptions {
  readonly seed: number;
  /** Training samples a class; default 25. */
  readonly train?: number;
  /** Test samples a class; default 5000. */
  readonly test?: number;
}

/**
 * Liu et al.'s toy: two blobs 0.1 (2 + 1.5 N(0, I)), moved by -0.65 (class 0) and 0.65 (class 1) along x1. The classes take turns, class 0 first. `predict` is
 * 1[x1 > 0], halfway between the classes' shifts as the experiments have it.
 * @throws SgdDynamicsError `invalid-argument`, `out-of-memory`
 */
export async function blobsTask(options: BlobsTaskOptions): Promise<Task> {
  checkKeys("blobsTask", options, ["seed", "train", "test"]);
  const seed = checkSeed("seed", options.seed);
  const core = await classifyCore();
  const samples = (perClass: number, part: number) => {
    const normals = taskDraws(core, seed, part).normals(4 * perClass);
    const y = Int32Array.from({ length: 2 * perClass }, (_, i) => i % 2);
    const shift = (i: number) => (i % 2 === 1 ? 0 : i % 4 === 0 ? -0.65 : 0.65);
    return { features: 2, classes: 2, x: Float32Array.from(normals, (z, i) => 0.1 * (2 + 1.5 * z) + shift(i)), y };
  };
  return {
    train: samples(checkCount("train", options.train ?? 25), parts.trainInputs),
    test: samples(checkCount("test", options.test ?? 5000), parts.testInputs),
    predict: (given) => {
      const { x, count } = sampleList(given, 2);
      return Int32Array.from({ length: count }, (_, i) => (x[2 * i] > 0 ? 1 : 0));
    },
    box: { x: [-1.5, 1.5], y: [-1.3, 1.7] },
  };
}
