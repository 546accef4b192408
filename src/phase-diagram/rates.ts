/** The two parts of SGD's mean drift, read off runs. */
import type { AlikeUnits } from "./alike.js";
import type { CellRuns, Size } from "./cell-runs.js";
import { type LogPoint, meanOf } from "./fit.js";
import { START, unitMeans } from "./rows.js";

/**
 * How fast the two parts of the drift really act, a step: from the means of M and of the units' norms, by two Newton steps on the ODE from the rates that it should have.
 */
export function ratesOf(
  { kernels }: CellRuns,
  size: Size,
  units: AlikeUnits,
  time: number,
  rows: readonly Float64Array[],
): { gradient: LogPoint; noise: LogPoint } {
  const seen = [
    meanOf(rows.map((row) => unitMeans(row, size.p)[0])),
    meanOf(rows.map((row) => unitMeans(row, size.p)[1])),
  ];
  const nominal = { gradient: size.drift.gradient / size.p, noise: size.drift.noise / (size.p * size.p) };
  let [x, y] = [0, 0];
  let errors = [Number.NaN, Number.NaN];
  const { exp, log } = kernels;
  const at = (dx: number, dy: number) => {
    const end = units.flow(START, time, {
      gradient: size.drift.gradient * exp(dx),
      noise: size.drift.noise * exp(dy),
    });
    return [end[0], end[1]];
  };
  const h = 1e-4;
  for (let i = 0; i < 2; i++) {
    const [here, right, up] = [at(x, y), at(x + h, y), at(x, y + h)];
    const [a, b, c, e] = [
      (right[0] - here[0]) / h,
      (up[0] - here[0]) / h,
      (right[1] - here[1]) / h,
      (up[1] - here[1]) / h,
    ];
    const determinant = a * e - b * c;
    const solve = (u: number, v: number) => [(e * u - b * v) / determinant, (a * v - c * u) / determinant];
    const [dx, dy] = solve(seen[0].mean - here[0], seen[1].mean - here[1]);
    // both means' errors, added as if they were one
    const [p, q] = [solve(seen[0].error, 0), solve(0, seen[1].error)];
    errors = [Math.sqrt(p[0] * p[0] + q[0] * q[0]), Math.sqrt(p[1] * p[1] + q[1] * q[1])];
    // one that is far off tells nothing: its error says so
    x += Math.max(-2, Math.min(2, dx));
    y += Math.max(-2, Math.min(2, dy));
  }
  const perStep = (rate: number) => log(rate / size.clock);
  const reach = log(size.d);
  return {
    gradient: { x: reach, y: perStep(nominal.gradient) + x, error: errors[0] },
    noise: { x: reach, y: perStep(nominal.noise) + y, error: errors[1] },
  };
}
