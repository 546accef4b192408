/** One pair of exponents, measured: SGD at several d against the ODEs, with widths and learning rates that really scale. */
import type { Alike } from "./alike.js";
import { type CellRuns, MOST_DIMENSIONS, type Size, spaced } from "./cell-runs.js";
import type { Cell, MeasuredPoint, Measurement } from "./cell-types.js";
import { combined, type LogPoint, slope } from "./fit.js";
import { labelOf } from "./label.js";
import { measurementOf, pointOf, undefinedMeasurement } from "./measurement.js";
import { ratesOf } from "./rates.js";
import { crossingStep, distances, risksOf, START, startOf } from "./rows.js";

const LEAST_REPLICAS = 16;
const MOST_REPLICAS = 512;
/** Shares of the budget. */
const SHARES = { finiteSize: 0.4, risk: 0.4, samples: 0.2 };
/** Replicas, and the length of a run to the floor of the risk, in times 1 / s_0 of a unit. */
const FLOOR = { replicas: 8, until: 8, rows: 8 };

/** All that a cell says. Frees the runs. */
export async function measureCell(runs: CellRuns): Promise<Cell> {
  const { region, kernels } = runs;
  const { kappa, delta } = region;
  try {
    const part = region.name === "red" ? await spread(runs) : await distance(runs);
    const [risk, samples] = [await riskFloor(runs), await samplesTo(runs)];
    const label = part.sum && labelOf(part.sum, kernels);
    const { message } = part.finiteSize;
    const status = label ? "measured" : "unmeasured";
    return { kappa, delta, theory: region, status, message, label, ...part, risk, samples };
  } finally {
    runs.free();
  }
}

/** SGD against both ODEs at `until`, from units without overlap. */
async function distance(runs: CellRuns): Promise<Pick<Cell, "finiteSize" | "supremum" | "limit" | "sum">> {
  const { until } = runs.setting;
  const stepsOf = ({ clock }: Size) => Math.round(until * clock);
  const sizes = runs.affordable(SHARES.finiteSize, LEAST_REPLICAS, stepsOf, 1);
  const share = (runs.setting.budget * SHARES.finiteSize) / sizes.length;
  const found: {
    largest: MeasuredPoint;
    square: MeasuredPoint;
    limit: MeasuredPoint;
    bias: LogPoint;
    gradient: LogPoint;
    noise: LogPoint;
  }[] = [];
  for (const size of sizes) {
    const steps = stepsOf(size);
    const wanted = Math.floor(share / runs.cost(size, steps, 1) / 8) * 8;
    const replicas = Math.max(LEAST_REPLICAS, Math.min(MOST_REPLICAS, wanted));
    const rows = await runs.rows(size, startOf(size.p), [steps], replicas, 0);
    if (rows.length < 2) continue;
    const units = await runs.alike(size.p);
    // the time that so many steps are
    const time = steps / size.clock;
    const drift = units.flow(START, time, size.drift);
    const limit = units.flow(START, time, size.limit);
    const point = pointOf(size, steps, rows.length);
    const away = rows.map((row) => distances(row, size.p, drift));
    found.push({
      largest: point(away.map(([largest]) => largest)),
      square: point(away.map(([, square]) => square)),
      limit: point(rows.map((row) => distances(row, size.p, limit)[0])),
      bias: {
        x: runs.kernels.log(size.d),
        y: runs.log(Math.max(...drift.map((v, i) => Math.abs(v - limit[i])))),
        error: 1e-6,
      },
      ...ratesOf(runs, size, units, time, rows),
    });
  }
  const { finiteSizeExponent, biasExponent, name } = runs.region;
  const bias = name === "blue" ? undefined : slope(found.map((one) => one.bias))?.value;
  const powers = (points: readonly MeasuredPoint[], expected: number | undefined, ode?: number) =>
    measurementOf(runs.kernels, points, expected, -1, ode);
  const gradient = slope(found.map((one) => one.gradient));
  const noise = slope(found.map((one) => one.noise));
  const finiteSize = powers(
    found.map(({ square }) => square),
    finiteSizeExponent,
  );
  const isMeasured = finiteSize.status === "measured";
  return {
    finiteSize,
    supremum: powers(
      found.map(({ largest }) => largest),
      finiteSizeExponent,
    ),
    limit: powers(
      found.map((one) => one.limit),
      Math.min(finiteSizeExponent!, biasExponent ?? Number.POSITIVE_INFINITY),
      bias === undefined ? undefined : -bias,
    ),
    // the parts of a step's drift fall as d^-(1 + sum) and d^-(1 + 2 sum)
    sum: isMeasured
      ? combined(
          gradient && { value: -gradient.value - 1, standardError: gradient.standardError },
          noise && { value: (-noise.value - 1) / 2, standardError: noise.standardError / 2 },
        )
      : undefined,
  };
}

/** Red: how far one step throws the order parameters, as they have no clock. */
async function spread(runs: CellRuns): Promise<Pick<Cell, "finiteSize" | "supremum" | "limit" | "sum">> {
  const budget = runs.setting.budget * SHARES.finiteSize;
  const affordable = runs.sizes.filter((size) => LEAST_REPLICAS * runs.cost(size, 1, 1) <= budget / MOST_DIMENSIONS);
  // the part of a step that is linear in s is smaller by d^-1/2 at least: the larger half of the dimensions knows nothing of it
  const sizes = spaced(affordable.slice(Math.floor(affordable.length / 2)));
  const [largest, square]: MeasuredPoint[][] = [[], []];
  for (const size of sizes) {
    const wanted = Math.floor(budget / MOST_DIMENSIONS / runs.cost(size, 1, 1) / 8) * 8;
    const replicas = Math.max(LEAST_REPLICAS, Math.min(MOST_REPLICAS, wanted));
    const rows = await runs.rows(size, startOf(size.p), [1], replicas, 0);
    if (rows.length < 2) continue;
    const point = pointOf(size, 1, rows.length);
    const away = rows.map((row) => distances(row, size.p, START));
    largest.push(point(away.map(([value]) => value)));
    square.push(point(away.map(([, value]) => value)));
  }
  const { sum } = runs.region;
  const supremum = measurementOf(runs.kernels, largest, 1 + 2 * sum, -1);
  const finiteSize = measurementOf(runs.kernels, square, 1 + 2 * sum, -1);
  const none = { expected: undefined, ode: undefined, exponent: undefined, standardError: undefined, points: [] };
  return {
    finiteSize,
    supremum,
    limit: { ...none, status: "undefined", message: "Red has no limiting ODE." },
    sum:
      finiteSize.status === "measured"
        ? { value: (finiteSize.exponent! - 1) / 2, standardError: finiteSize.standardError! / 2 }
        : undefined,
  };
}

/** The excess risk that label noise keeps up, from the solution. */
async function riskFloor(runs: CellRuns): Promise<Measurement> {
  const { riskExponent } = runs.region;
  const { noiseVariance, learningRate, widthFactor } = runs.setting;
  if (riskExponent === undefined)
    return undefinedMeasurement(runs.region, "the gradient is lost, so that the risk has no floor that falls with d");
  if (noiseVariance === 0)
    return undefinedMeasurement(runs.region, "noiseVariance is 0, so that nothing keeps the risk up");
  const unit = widthFactor / learningRate;
  const stepsOf = ({ clock }: Size) => Math.round(FLOOR.until * unit * clock);
  const sizes = runs.affordable(SHARES.risk, FLOOR.replicas, stepsOf, FLOOR.rows);
  const points: MeasuredPoint[] = [];
  const ode: LogPoint[] = [];
  for (const size of sizes) {
    const steps = stepsOf(size);
    const stops = Array.from({ length: FLOOR.rows }, (_, i) =>
      Math.round((steps * (FLOOR.rows + 1 + i)) / (2 * FLOOR.rows)),
    );
    const start = { kind: "denoising" as const, a: Array(size.p).fill(1) };
    const rows = await runs.rows(size, start, stops, FLOOR.replicas, 1);
    if (rows.length < 2) continue;
    points.push(pointOf(size, steps, rows.length)(rows.map((row) => risksOf(row, stops.length).mean)));
    const units = await runs.alike(size.p);
    ode.push({
      x: runs.kernels.log(size.d),
      y: runs.log(units.risk(units.flow([1, 1, 1], 0.75 * FLOOR.until * unit, size.drift))),
      error: 1e-6,
    });
  }
  const theory = slope(ode)?.value;
  return measurementOf(runs.kernels, points, riskExponent, -1, theory === undefined ? undefined : -theory);
}

/** Steps from units without overlap to the excess risk that was asked for. */
async function samplesTo(runs: CellRuns): Promise<Measurement> {
  const { riskExponent, samplesExponent } = runs.region;
  const { excess, learningRate, widthFactor } = runs.setting;
  if (riskExponent === undefined)
    return undefinedMeasurement(
      runs.region,
      "the gradient is lost, so that no number of samples reaches a given excess risk",
    );
  const unit = widthFactor / learningRate;
  const times = new Map<number, number>();
  const most = runs.setting.budget * SHARES.samples;
  for (const size of runs.sizes) {
    const time = await crossing(runs, size, unit);
    if (time !== undefined) times.set(size.d, time);
    // later ones take longer
    if (FLOOR.replicas * runs.cost(size, (time ?? unit) * size.clock, 1) > most) break;
  }
  const LENGTH = 1.5;
  const stepsOf = (size: Size) => Math.round(LENGTH * (times.get(size.d) ?? 0) * size.clock);
  const rowCount = 16;
  const sizes = runs.affordable(SHARES.samples, FLOOR.replicas, stepsOf, rowCount);
  const points: MeasuredPoint[] = [];
  for (const size of sizes) {
    const steps = stepsOf(size);
    const stops = Array.from({ length: rowCount }, (_, i) =>
      Math.round((steps * (0.4 * rowCount + 0.6 * (i + 1))) / rowCount),
    );
    const rows = await runs.rows(size, startOf(size.p), stops, FLOOR.replicas, 2);
    const counts = rows.map((row) => crossingStep(risksOf(row, rowCount).all, stops, excess)).filter(Number.isFinite);
    if (counts.length >= 2) points.push(pointOf(size, steps, counts.length)(counts));
  }
  const ode = slope(
    sizes.map((size) => ({
      x: runs.kernels.log(size.d),
      y: runs.log(times.get(size.d)! * size.clock),
      error: 1e-6,
    })),
  );
  return measurementOf(runs.kernels, points, samplesExponent, 1, ode?.value);
}

/** When the ODE at d passes the excess risk, if it does in 40 times `unit`. */
async function crossing(runs: CellRuns, size: Size, unit: number): Promise<number | undefined> {
  const { excess } = runs.setting;
  const units = await runs.alike(size.p);
  const h = unit / 4;
  const longest = 160 * h;
  let [y, risk]: [Alike, number] = [START, units.risk(START)];
  for (let t = 0; t < longest; t += h) {
    const next = units.flow(y, h, size.drift);
    const lower = units.risk(next);
    if (lower <= excess) return risk <= excess ? t : t + (h * (risk - excess)) / (risk - lower);
    [y, risk] = [next, lower];
  }
  return undefined;
}
