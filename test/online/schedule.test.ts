// Learning-rate schedules: every interpolation, inside, outside and on the knots.
import { describe, expect, test } from "vitest";
import { loadCore } from "../support/core.js";

const times = [0.5, 1, 3, 10];
const values = [0.4, 0.2, 0.8, 0.01];
const codes = { constant: 0, linear: 1, log: 2 } as const;

/** The definition, searched for from the start. */
function expected(kind: keyof typeof codes, t: number): number {
  if (t <= times[0]) return values[0];
  const last = times.length - 1;
  if (t >= times[last]) return values[last];
  const i = times.findLastIndex((knot) => knot <= t);
  const s = (t - times[i]) / (times[i + 1] - times[i]);
  if (kind === "constant") return values[i];
  return kind === "linear" ? (1 - s) * values[i] + s * values[i + 1] : values[i] ** (1 - s) * values[i + 1] ** s;
}

describe.each(["release", "debug"] as const)("%s", (target) => {
  const core = loadCore(target);
  core.exports.initialise();
  const at = (numbers: number[], t: number) => core.exports.scheduleAt(core.f64(numbers), t);

  test.each(["constant", "linear", "log"] as const)("%s", (kind) => {
    const schedule = core.f64([times.length, codes[kind], ...times, ...values]);
    for (let t = 0; t <= 12; t += 1 / 64) {
      const want = expected(kind, t);
      // linear: a few roundings of numbers up to 0.8; log: exp and log are correct to an ulp or so, of arguments up to 5
      const error = Math.abs(core.exports.scheduleAt(schedule, t) - want);
      expect(error, `t = ${t}`).toBeLessThanOrEqual(
        kind === "constant" ? 0 : kind === "linear" ? 4 * 2 ** -53 : 2e-15 * want,
      );
    }
  });

  test.each(["constant", "linear", "log"] as const)(
    "%s: on a knot it is the value there, before the first and after the last that of the end",
    (kind) => {
      const numbers = [times.length, codes[kind], ...times, ...values];
      times.forEach((t, i) => expect(at(numbers, t)).toBeCloseTo(values[i], 15));
      for (const t of [0, 0.25, 0.4999]) expect(at(numbers, t)).toBe(0.4);
      for (const t of [10, 11, 1e300]) expect(at(numbers, t)).toBe(0.01);
    },
  );

  test("one value is a constant, whatever its time", () => {
    for (const code of [0, 1, 2]) for (const t of [0, 4.9, 5, 100]) expect(at([1, code, 5, 0.3], t)).toBe(0.3);
  });

  test("the piece of a time is the last knot at or before it", () => {
    const schedule = core.f64([times.length, 0, ...times, ...values]);
    const pieces = [0, 0.49, 0.5, 0.99, 1, 2, 3, 9.99, 10, 99].map((t) => core.exports.schedulePiece(schedule, t));
    expect(pieces).toEqual([-1, -1, 0, 0, 1, 1, 2, 2, 3, 3]);
  });
});
