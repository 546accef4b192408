/** When things happen in a training: changes of the learning rate, evaluations, checks. All in steps. */
import { shown } from "../errors.js";
import { isList } from "../linalg/matrix.js";
import { checkKeys, checkNumber, invalid } from "../options.js";
import type { ClassifyCore } from "../wasm/classify/core.js";

/**
 * A number; or its value from each of these epochs on, as { 0: 0.1, 150: 0.01 }; or a value that is multiplied by a factor (default 0.1) at each of some epochs. Where a run
 * is given in steps, steps take the place of epochs.
 */
export type LearningRate =
  | number
  | { readonly [from: number]: number }
  | { readonly value: number; readonly at: readonly number[]; readonly factor?: number };

/** Which steps to evaluate at; step 0 is always among the first kind. The step at which a stop rule ends the run comes to them. */
export type EvaluationTimes =
  /** 0 and the distinct rounded values of so many log-spaced points from 1 to the last step. */
  { readonly count: number } | { readonly steps: readonly number[] } | { readonly epochs: readonly number[] };

/** The rate of each piece of a run, by its first step. */
export interface Piece {
  readonly step: number;
  readonly rate: number;
}

const isRate = (rate: number) => rate >= 0 && rate < 1e30;
const RATE = "a number from 0 to below 1e30";

/** Pieces in order, the first from step 0. @param unit steps in an epoch, or 1 */
export function piecesOf(given: unknown, unit: number): Piece[] {
  if (typeof given !== "object" || given === null)
    return [{ step: 0, rate: checkNumber("learningRate", given, RATE, isRate) }];
  if ("value" in given) {
    checkKeys("learningRate", given, ["value", "at", "factor"], "field");
    const { value, at, factor = 0.1 } = given as { value: unknown; at: unknown; factor?: unknown };
    if (!isList(at)) invalid(`learningRate.at is ${shown(at)}; allowed: a list of epochs at which the rate drops.`);
    const by = checkNumber("learningRate.factor", factor, RATE, isRate);
    let rate = checkNumber("learningRate.value", value, RATE, isRate);
    const drops = Array.from(at, (epoch, i) => stepOf(`learningRate.at[${i}]`, epoch, unit)).sort((a, b) => a - b);
    const pieces = [{ step: 0, rate }];
    for (const step of drops) {
      rate *= by;
      pieces.push({ step, rate });
    }
    return inOrder(pieces);
  }
  const pieces = Object.entries(given).map(([from, rate]) => ({
    step: stepOf("A key of learningRate", Number(from), unit),
    rate: checkNumber(`learningRate[${from}]`, rate, RATE, isRate),
  }));
  if (!pieces.some(({ step }) => step === 0))
    invalid(
      `learningRate is ${shown(given)}; allowed: a number, or rates by the epoch they begin at, one of which is 0.`,
    );
  return inOrder(pieces);
}

const inOrder = (pieces: Piece[]) => pieces.sort((a, b) => a.step - b.step);

function stepOf(name: string, value: unknown, unit: number): number {
  return Math.round(unit * checkNumber(name, value, "a number at least 0", (n) => n >= 0 && n * unit < 2 ** 53));
}

export function rateAt(pieces: readonly Piece[], step: number): number {
  return pieces.findLast((piece) => piece.step <= step)!.rate;
}

/** Steps to evaluate at, increasing, within [0, total]. */
export function evaluationSteps(
  { kernels: { exp, log } }: ClassifyCore,
  given: unknown,
  total: number,
  perEpoch: number | undefined,
): number[] {
  const at = given ?? { count: 24 };
  checkKeys("evaluate.at", at as object, ["count", "steps", "epochs"]);
  const { count, steps, epochs } = at as { count?: unknown; steps?: unknown; epochs?: unknown };
  if ([count, steps, epochs].filter((each) => each !== undefined).length !== 1)
    invalid(`evaluate.at is ${shown(at)}; allowed: one of { count }, { steps } and { epochs }.`);
  if (count !== undefined) {
    const n = checkNumber(
      "evaluate.at.count",
      count,
      "a whole number from 2 to 1e5",
      (c) => Number.isInteger(c) && c >= 2 && c <= 1e5,
    );
    const logs = Array.from({ length: n }, (_, i) => Math.round(exp((log(total) * i) / (n - 1))));
    return [...new Set([0, ...logs])];
  }
  if (epochs !== undefined && perEpoch === undefined)
    invalid("evaluate.at has epochs, and a sampler has none; give steps.");
  const list = steps ?? epochs;
  const name = steps === undefined ? "epochs" : "steps";
  if (!isList(list)) invalid(`evaluate.at is ${shown(at)}; allowed: { count }, { steps } or { epochs }.`);
  const unit = steps === undefined ? perEpoch! : 1;
  const wanted = Array.from(list, (value, i) => {
    const step = stepOf(`evaluate.at.${name}[${i}]`, value, unit);
    return checkNumber(`evaluate.at.${name}[${i}]`, step, `a step from 0 to ${total}`, (s) => s <= total);
  });
  return [...new Set(wanted)].sort((a, b) => a - b);
}
