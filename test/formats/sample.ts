/** A trajectory with every number that a format could get wrong, and a search for NumPy. */
import { spawnSync } from "node:child_process";
import type { StateLike, TrajectoryLike } from "../../src/formats/table.js";

/** Doubles at the edges of the format: zeros of both signs, subnormals, neighbours of powers of two, infinities, NaN. */
export const AWKWARD = [
  0,
  -0,
  1 / 3,
  0.1 + 0.2,
  5e-324,
  2.2250738585072014e-308,
  1.7976931348623157e308,
  -1e21,
  123456789012345680000,
  2 ** 53 - 1,
  1 + 2 ** -52,
  -1e-7,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

/** Row i holds, in each entry of each order parameter, its own number, so that a swapped index shows. */
export function sample(p: number, k: number, length = AWKWARD.length): TrajectoryLike {
  const block = (size: number, seed: number): Float64Array =>
    Float64Array.from({ length: size }, (_, e) => seed + e / 7);
  const state = (i: number): StateLike => {
    const Q = block(p * p, 1000 * (i + 1));
    for (let r = 0; r < p; r++) for (let s = 0; s < r; s++) Q[r * p + s] = Q[s * p + r];
    return {
      P: block(k * k, 1),
      M: block(p * k, 100 * (i + 1)),
      Q,
      a: block(p, i),
      aStar: block(k, -1),
      risk: AWKWARD[i % 15],
    };
  };
  const time = Float64Array.from({ length }, (_, i) => i / 3);
  const risk = Float64Array.from({ length }, (_, i) => AWKWARD[i % AWKWARD.length]);
  return { length, time, risk, problem: { studentWidth: p, teacherWidth: k }, state };
}

/** The same bits: unlike ===, tells -0 from 0 and finds NaN equal to NaN. */
export function sameBits(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.from(a).every((value, i) => Object.is(value, b[i]));
}

/** The version of NumPy for python3, or why there is none. */
export const numpy = ((): { version?: string; missing: string } => {
  const { status, stdout, error } = spawnSync("python3", ["-c", "import numpy; print(numpy.__version__)"], {
    encoding: "utf8",
  });
  if (error) return { missing: "python3 is not installed" };
  return status === 0 ? { version: stdout.trim(), missing: "" } : { missing: "python3 has no NumPy" };
})();
if (!numpy.version) console.warn(`NumPy does not read our .npz in this run: ${numpy.missing}`);

/** What a Python program prints, given arguments. */
export function python(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("python3", ["-c", program, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
