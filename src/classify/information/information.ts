/** mutualInformation, conditionalMutualInformation, and performanceExplained: how much of what F knows of Y is in L (Nakkiran et al. 2019). */
import { checkKeys, invalid } from "../../options.js";
import { type Cells, type CountTable, cellsOf, cellsOfTable, isTable, type Labels } from "./cells.js";
import { freeCells, independentErrors, millerMadow, plugIn, standardErrors, type Triple, triple } from "./measures.js";
import {
  type BiasCorrection,
  checkedBias,
  checkedIntervals,
  checkedLevel,
  type InformationOptions,
  type IntervalMethod,
  informationKeys,
  natsIn,
} from "./options.js";
import { normalQuantile } from "./quantile.js";
import { bootstrap, permutationNull } from "./resampling.js";

export interface PerformanceOptions extends InformationOptions {
  /** "delta" (default), or { bootstrap: replicates, seed }: reflected bootstrap intervals, and standard errors from the replicates. */
  readonly intervals?: IntervalMethod;
  /** Coverage of the intervals; default 0.95. */
  readonly level?: number;
}

/** Lower and upper end. */
export type Interval = readonly [number, number];

/** What `performanceExplained` gives; informations in bits, or in the unit asked for. */
export interface PerformanceExplained extends Triple {
  /** I(F;Y): what F knows of Y. */
  readonly mutualInformation: number;
  /** I(F;Y|L): what F knows beyond L. */
  readonly conditional: number;
  /** mu_Y(F;L) = I(F;Y) - I(F;Y|L): what of it L explains. At most each of I(F;Y), I(L;Y), I(F;L); negative where L and F know Y only together. */
  readonly mu: number;
  /** mu if the errors of F and L were independent given Y: what two classifiers of these accuracies share without having learned the same. */
  readonly muNull: number;
  readonly standardErrors: Triple;
  readonly intervals: { readonly mutualInformation: Interval; readonly conditional: Interval; readonly mu: Interval };
  /** Without correction of bias; equal to the above where none was asked for. */
  readonly plugIn: Triple;
  /** Samples. */
  readonly n: number;
  /** Why not to trust these numbers: a table too sparse for its samples. */
  readonly warning?: string;
}

/**
 * I(F;Y) of two labellings, or of a table of counts c[f][y], in bits.
 *
 *     mutualInformation(predictions, labels)          // 1 for a perfect classifier of two equally frequent classes
 *     mutualInformation([[75, 25], [25, 75]])         // 0.188722
 *
 * @throws SgdDynamicsError `invalid-data`, `invalid-argument`
 */
export function mutualInformation(F: Labels, Y: Labels, options?: InformationOptions): number;
export function mutualInformation(table: CountTable, options?: InformationOptions): number;
export function mutualInformation(first: Labels | CountTable, ...rest: unknown[]): number {
  const { cells, options } = isTable(first)
    ? { cells: cellsOfTable(first, 2), options: rest[0] }
    : { cells: cellsOf(first, rest[0] as Labels), options: rest[1] };
  return estimate("mutualInformation", cells, options as InformationOptions).mutualInformation;
}

/** I(F;Y|L) of three labellings, or of a table of counts c[f][y][l], in bits: what F knows of Y beyond L. Errors as `mutualInformation`. */
export function conditionalMutualInformation(F: Labels, Y: Labels, L: Labels, options?: InformationOptions): number;
export function conditionalMutualInformation(table: CountTable, options?: InformationOptions): number;
export function conditionalMutualInformation(first: Labels | CountTable, ...rest: unknown[]): number {
  const { cells, options } = three(first, rest);
  return estimate("conditionalMutualInformation", cells, options as InformationOptions).conditional;
}

/**
 * How much of the performance of F the simpler classifier L explains: mu_Y(F;L) (Nakkiran et al. 2019), with what to hold it against.
 *
 *     const { mutualInformation, mu, muNull, intervals } = performanceExplained(network, labels, linear);
 *
 * F, Y, L: predictions of the network, true labels and predictions of the simple classifier, on the same fresh test set; any arrays of whole
 * numbers. Or a table of counts c[f][y][l]. The cost is that of counting, plus n operations a permutation or replicate.
 *
 * @throws SgdDynamicsError `invalid-data`, `invalid-argument`
 */
export function performanceExplained(
  F: Labels,
  Y: Labels,
  L: Labels,
  options?: PerformanceOptions,
): PerformanceExplained;
export function performanceExplained(table: CountTable, options?: PerformanceOptions): PerformanceExplained;
export function performanceExplained(first: Labels | CountTable, ...rest: unknown[]): PerformanceExplained {
  const { cells, options = {} } = three(first, rest);
  checkKeys("performanceExplained", options, [...informationKeys, "intervals", "level"]);
  const { unit, bias: wanted, intervals: method, level } = options as PerformanceOptions;
  const [nats, bias] = [natsIn(unit), checkedBias(wanted)];
  const plain = plugIn(cells);
  const corrected = correct(cells, plain, bias);
  const { errors, intervals } = spread(cells, plain, corrected, checkedIntervals(method), checkedLevel(level));
  const inUnit = (t: Triple) => scaled(t, 1 / nats);
  const ends = ([low, high]: Interval): Interval => [low / nats, high / nats];
  const warning = sparsity(cells, bias);
  return {
    ...inUnit(corrected),
    muNull: independentErrors(cells) / nats,
    standardErrors: inUnit(errors),
    intervals: {
      mutualInformation: ends(intervals.mutualInformation),
      conditional: ends(intervals.conditional),
      mu: ends(intervals.mu),
    },
    plugIn: inUnit(plain),
    n: cells.n,
    ...(warning === undefined ? {} : { warning }),
  };
}

function three(first: Labels | CountTable, rest: unknown[]): { cells: Cells; options: object | undefined } {
  if (isTable(first)) return { cells: cellsOfTable(first, 3), options: rest[0] as object | undefined };
  if (rest[1] === undefined) invalid("L is missing; allowed: F, Y and L, or a table of counts c[f][y][l].");
  return { cells: cellsOf(first, rest[0] as Labels, rest[1] as Labels), options: rest[2] as object | undefined };
}

function estimate(name: string, cells: Cells, options: InformationOptions = {}): Triple {
  checkKeys(name, options, informationKeys);
  const nats = natsIn(options.unit);
  return scaled(correct(cells, plugIn(cells), checkedBias(options.bias)), 1 / nats);
}

const scaled = (t: Triple, factor: number): Triple => ({
  mutualInformation: t.mutualInformation * factor,
  conditional: t.conditional * factor,
  mu: t.mu * factor,
});

function correct(cells: Cells, plain: Triple, bias: BiasCorrection): Triple {
  if (bias === "none") return plain;
  if (bias === "miller-madow") {
    const added = millerMadow(cells);
    return triple(plain.mutualInformation + added.mutualInformation, plain.conditional + added.conditional);
  }
  requireCounts(cells, "bias.permutations");
  const none = permutationNull(cells, bias.permutations, bias.seed);
  return triple(plain.mutualInformation - none.mutualInformation, plain.conditional - none.conditional);
}

const measures = ["mutualInformation", "conditional", "mu"] as const;

function spread(cells: Cells, plain: Triple, centre: Triple, method: IntervalMethod, level: number) {
  if (method === "delta") {
    const errors = standardErrors(cells);
    const z = normalQuantile((1 + level) / 2);
    const around = (m: (typeof measures)[number]): Interval => [centre[m] - z * errors[m], centre[m] + z * errors[m]];
    return { errors, intervals: byMeasure(around) };
  }
  requireCounts(cells, "intervals.bootstrap");
  const replicates = bootstrap(cells, method.bootstrap, method.seed);
  const sorted = byMeasure((m) => Float64Array.from(replicates, (r) => r[m]).sort());
  const deviation = (m: (typeof measures)[number]) => {
    const mean = sorted[m].reduce((sum, v) => sum + v, 0) / replicates.length;
    return Math.sqrt(sorted[m].reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / (replicates.length - 1));
  };
  // reflected: a replicate stands to the table as the table to the law, bias included, so deviations from the plug-in are turned round
  const reflected = (m: (typeof measures)[number]): Interval => {
    const at = (u: number) => quantileOf(sorted[m], u);
    return [centre[m] + plain[m] - at((1 + level) / 2), centre[m] + plain[m] - at((1 - level) / 2)];
  };
  return { errors: byMeasure(deviation), intervals: byMeasure(reflected) };
}

function byMeasure<T>(of: (m: (typeof measures)[number]) => T): Record<(typeof measures)[number], T> {
  return { mutualInformation: of("mutualInformation"), conditional: of("conditional"), mu: of("mu") };
}

/** Linear between order statistics. */
function quantileOf(sorted: Float64Array, u: number): number {
  const at = u * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]);
}

function requireCounts(cells: Cells, option: string): void {
  if (!cells.count.every(Number.isInteger) || cells.n > 1e8)
    invalid(
      `${option} needs whole counts of up to 1e8 samples; the table holds other numbers. Give counts, or leave the option out.`,
    );
}

/** Bias of the plug-in I(F;Y|L), in nats, from which a table counts as too sparse: 0.01 bits. */
const TOO_MUCH = 0.00693;

function sparsity(cells: Cells, bias: BiasCorrection): string | undefined {
  const free = freeCells(cells);
  const excess = free / (2 * cells.n);
  const needed = Math.ceil(free / (2 * TOO_MUCH));
  if (excess <= TOO_MUCH) return undefined;
  const facts = `${cells.n} samples for ${free} free cells: the plug-in I(F;Y|L) is too large by about ${(excess / natsIn("bits")).toPrecision(2)} bits`;
  if (typeof bias !== "object") return `${facts}. Take ${needed} samples, or bias: { permutations: 20, seed }.`;
  return cells.n < 2 * free
    ? `${facts}, more than permutations can be trusted to take off. Take ${needed} samples.`
    : undefined;
}
