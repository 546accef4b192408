// Many replicas of a dense simulation's end, as samples for tests of its law.
import type { Problem, State, simulate } from "../../src/index.js";

/** One sample for each number that `observe` gives, over replicas 0 .. count - 1 of a seed (its streams). */
export async function replicas(
  run: typeof simulate,
  problem: Problem,
  options: { steps: number; seed: number; count: number; precision?: "f64" | "f32" },
  observe: (end: State) => ArrayLike<number>,
): Promise<Float64Array[]> {
  const { steps, seed, count, precision } = options;
  const until = steps / problem.inputDimension;
  let samples: Float64Array[] = [];
  for (let stream = 0; stream < count; stream++) {
    const trajectory = await run(problem, {
      until,
      save: { times: [until] },
      seed,
      stream,
      precision,
      method: "dense",
    });
    const values = observe(trajectory.state(0));
    if (stream === 0) samples = Array.from(values, () => new Float64Array(count));
    Array.from(values).forEach((value, i) => {
      samples[i][stream] = value;
    });
  }
  return samples;
}
