/** Augmentation: what is done to each sample every time that training uses it. */
import { shown } from "../errors.js";
import { checkKeys, checkNumber, invalid } from "../options.js";

/** A change that the core makes, drawn anew for each use of a sample. */
export interface Change {
  readonly kind: "shift2d" | "gaussianNoise" | "zeroOut";
  /** Its numbers, in the core's order. */
  readonly parameters: readonly number[];
  /** Features that it needs; 0: any number. */
  readonly features: number;
}

/**
 * A change of the user's own: gets the samples of a batch, batch x features row-major, to write to.
 * For the same bits everywhere it must follow from what it is given alone.
 */
export type ChangeFunction = (x: Float32Array, batch: { readonly step: number; readonly labels: Int32Array }) => void;

export type Augmentation = Change | ChangeFunction;

const whole = (name: string, value: unknown, least: number) =>
  checkNumber(name, value, `a whole number from ${least}`, (n) => Number.isInteger(n) && n >= least && n <= 1e6);

/**
 * A shift of images by whole pixels, uniform in -by .. by both ways; zeros come in.
 * An image is rows of pixels of channels: number (row * width + column) * channels + channel of a sample.
 */
export function shift2d(options: {
  readonly width: number;
  readonly height?: number;
  readonly channels?: number;
  readonly by?: number;
}): Change {
  checkKeys("shift2d", options, ["width", "height", "channels", "by"]);
  const width = whole("width", options.width, 1);
  const height = whole("height", options.height ?? width, 1);
  const channels = whole("channels", options.channels ?? 1, 1);
  const by = whole("by", options.by ?? 1, 0);
  return { kind: "shift2d", parameters: [height, width, channels, by], features: height * width * channels };
}

/** Independent normal noise on every feature. */
export function gaussianNoise(options: { readonly standardDeviation: number }): Change {
  checkKeys("gaussianNoise", options, ["standardDeviation"]);
  const sd = checkNumber(
    "standardDeviation",
    options.standardDeviation,
    "a number at least 0",
    (n) => n >= 0 && n < 1e30,
  );
  return { kind: "gaussianNoise", parameters: [sd], features: 0 };
}

/** Zeros in place of `count` features of a sample, at most all of them, chosen without replacement. */
export function zeroOut(options: { readonly count: number }): Change {
  checkKeys("zeroOut", options, ["count"]);
  return { kind: "zeroOut", parameters: [whole("count", options.count, 0)], features: 0 };
}

const kinds = ["shift2d", "gaussianNoise", "zeroOut"] as const;

/** The core's records of a list of changes, and the functions among them, which come after. */
export function checkedChanges(
  given: unknown,
  features: number,
): { records: Float64Array; functions: readonly ChangeFunction[] } {
  const list = given === undefined ? [] : Array.isArray(given) ? given : [given];
  const functions: ChangeFunction[] = [];
  const records: number[] = [];
  list.forEach((change, i) => {
    if (typeof change === "function") {
      functions.push(change);
      return;
    }
    const kind = kinds.indexOf((change as Change | undefined)?.kind as Change["kind"]);
    if (kind < 0 || !Array.isArray((change as Change).parameters))
      invalid(`augment[${i}] is ${shown(change)}; allowed: shift2d(), gaussianNoise(), zeroOut() or a function.`);
    if (functions.length > 0) invalid(`augment[${i}] comes after a function; functions come last.`);
    const { parameters, features: needed } = change as Change;
    if (needed !== 0 && needed !== features)
      invalid(`augment[${i}] is for images of ${needed} numbers; the samples have ${features}.`);
    if (kinds[kind] === "zeroOut" && parameters[0] > features)
      invalid(
        `augment[${i}] sets ${parameters[0]} numbers of a sample to zero; allowed: up to ${features}, all of them.`,
      );
    records.push(kind, ...parameters, ...Array(4 - parameters.length).fill(0));
  });
  return { records: Float64Array.from(records), functions };
}
