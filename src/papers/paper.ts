/** What a paper is here: experiments to run, figures to draw, claims to check. */
import type { ClassificationExperiment, LabelGroups } from "../classify/index.js";
import type { IntegrateOptions, ProblemInput } from "../index.js";
import type { Chart, HeatMap } from "../plot/index.js";
import type { Finding } from "./finding.js";

export interface Paper {
  /** "goldt-2019": how the command line and files name it. */
  readonly name: string;
  /** "Goldt et al. 2019". */
  readonly title: string;
  /** Authors, title, where it appeared. */
  readonly reference: string;
  /** What it says, in a sentence or two. */
  readonly summary: string;
  readonly experiments: readonly PaperExperiment[];
  /** Of classifiers. */
  readonly classifications?: readonly PaperClassification[];
  readonly figures: readonly PaperFigure[];
  readonly claims: readonly Claim[];
}

/** Work with an end that can be waited for: an abort makes it reject or give what nobody should read. */
export interface PaperControl {
  readonly signal?: AbortSignal;
  /** Is told the part done, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
  /** Bytes of a file of data that the package does not carry, by its name; undefined where it is not there. */
  readonly files?: (name: string) => Promise<Uint8Array | undefined>;
}

/** Data that the package does not carry. Without it, `PaperControl.files` giving each file, work that needs it rejects with `unreadable-file`. */
export interface DataNeed {
  /** "Fashion-MNIST". */
  readonly what: string;
  readonly files: readonly string[];
  /** Where it is to be had. */
  readonly from: string;
}

/** A figure, computed and described as `sgd-dynamics/plot` draws it: a chart by `renderSVG`, a heat map by `renderHeatMap`. */
export interface PaperFigure {
  /** "plateau": with the paper's name before it, the name of its files. */
  readonly name: string;
  /** What is to be seen, in a sentence: alternative text of the picture. */
  readonly description: string;
  /** Seconds that drawing takes, roughly, on two cores: its share of a bar of progress. */
  readonly seconds: number;
  /** One of the pictures of the README. */
  readonly inGallery?: boolean;
  readonly needs?: DataNeed;
  readonly draw: (control?: PaperControl) => Promise<Chart | HeatMap>;
}

/** A sentence that runs can show to hold, or not. */
export interface Claim {
  /** "E1g-plateau". */
  readonly id: string;
  readonly statement: string;
  /** Where the expected numbers come from: equation, section, table. */
  readonly source: string;
  /** Seconds that measuring takes, roughly, on two cores. */
  readonly seconds: number;
  readonly needs?: DataNeed;
  /** Runs, measures, and says what was measured beside what was expected. */
  readonly measure: (control?: PaperControl) => Promise<readonly Finding[]>;
}

/** An experiment as a plain object, which is what a file of `sgd-dynamics run` holds. */
export interface PaperExperiment {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Fields of the problem; those of `vary` may be left out. */
  readonly problem: Partial<ProblemInput>;
  /** Fields, dotted where nested, with the values each takes. */
  readonly vary?: Readonly<Record<string, readonly unknown[]>>;
  readonly until: number;
  readonly save?:
    | { readonly times: readonly number[] }
    | { readonly count: number; readonly spacing: "log" | "linear" };
  /** Theory; default true. */
  readonly integrate?:
    | boolean
    | (Pick<IntegrateOptions, "rtol" | "atol" | "maxSteps" | "terms" | "solver" | "noise" | "limit"> & {
        readonly events?: readonly unknown[];
      });
  readonly simulate?: {
    readonly seeds: number | readonly number[];
    readonly method?: "auto" | "chain" | "dense";
    readonly precision?: "f64" | "f32";
  };
  readonly ensemble?: {
    readonly replicas?: number;
    readonly quantiles?: readonly number[];
    readonly method?: "auto" | "chain" | "dense";
    readonly start?: "theory" | "own";
  };
  readonly report?: { readonly times: readonly number[] };
  readonly plot?: Readonly<Record<string, unknown>>;
}

/** A classification experiment as a plain object, which is what a file of `sgd-dynamics classify` holds. */
export interface PaperClassification extends Omit<ClassificationExperiment, "task"> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly task: ClassificationExperiment["task"] | KnownSet;
  /** Seconds of one seed, roughly, on one core. */
  readonly seconds?: number;
}

/** The digits that the package carries, or Fashion-MNIST from the machine. */
export interface KnownSet {
  readonly kind: "digits" | "fashion-mnist";
  readonly groups?: LabelGroups;
  /** The first so many samples; default all. */
  readonly train?: number;
  readonly test?: number;
}

/**
 * The part of a whole's control that one piece of work has: its progress counts for `share` of the whole, after `done` of it.
 *
 * @example
 * for (const [i, p] of widths.entries()) await meanField(problemOf(p), { until, ...runControl(control, i / widths.length, 1 / widths.length) });
 */
export function part(control: PaperControl, done: number, share: number): PaperControl {
  const { onProgress } = control;
  return { ...control, onProgress: onProgress && ((fraction) => onProgress(done + share * fraction)) };
}

/** A control as calls of the library take it. */
export function runControl(
  { signal, onProgress }: PaperControl,
  done = 0,
  share = 1,
): { signal?: AbortSignal; onProgress?: (progress: { readonly fraction: number }) => void } {
  return { signal, onProgress: onProgress && (({ fraction }) => onProgress(done + share * fraction)) };
}
