/** Tables of a classification: what was measured along training, and what it comes to. */
import {
  type ClassificationNumbers,
  type ClassificationRun,
  classificationSummary,
  type Spread,
  simpleName,
} from "../../classify/index.js";
import { type Row, type TableColumn, terminalTable, toASCII } from "../../plot/index.js";
import { type Layout, numberText, wrapped } from "../labels.js";
import { averaged } from "./curves.js";
import type { ClassificationFile } from "./schema.js";

/** An I(L;Y), in bits or nats, below which quotients with it are noise. */
const LITTLE = 0.005;
/** Most rows of the table of steps. */
const ROWS = 12;

/** So many decimals with a minus of print, which zero has not; nothing for what is no number. */
export const fixed = (digits: number) => (value: unknown) => {
  if (typeof value !== "number" || !Number.isFinite(value)) return "";
  const text = value.toFixed(digits);
  return text.replace("-", Number(text) === 0 ? "" : "−");
};
const right = (key: string, title: string, digits: number): TableColumn => ({
  key,
  title,
  format: fixed(digits),
  align: "right",
});

/** What will be done, in a few lines. */
export function openingOf(file: ClassificationFile): string {
  const { title, description, task, training, adversarial, simple, seeds = 1 } = file;
  const { learningRate, batchSize, epochs, steps, momentum, l2 } = training;
  const count = typeof seeds === "number" ? seeds : seeds.length;
  const rate = typeof learningRate === "number" ? `learning rate ${numberText(learningRate)}` : "a schedule of rates";
  const more = [
    ...(momentum ? [`momentum ${numberText(momentum)}`] : []),
    ...(typeof l2 === "number" && l2 > 0 ? [`L2 ${numberText(l2)}`] : []),
  ];
  const against = (simple ?? [{}]).map(simpleName).join(", ");
  const sentence = (words: string) => `${words}${/[.?!]$/.test(words) ? "" : "."}`;
  return [
    ...(title ? [sentence(title)] : []),
    ...(description ? [sentence(description)] : []),
    `Task ${task.kind}: a network by SGD of ${[rate, `batches of ${batchSize}`, epochs === undefined ? `${steps} steps` : `${epochs} epochs`, ...more].join(", ")}, beside simple classifiers (${against})${adversarial ? `; it starts where random labels on ${adversarial.copies === 1 ? "the samples" : `${adversarial.copies} copies of the samples`} are fitted` : ""}; ${count === 1 ? "1 seed" : `${count} seeds`}.`,
  ].join(" ");
}

/** The curves at some of the evaluated steps. */
export function curvesText(runs: readonly ClassificationRun[], layout: Layout): string {
  if (runs.length === 0) return "";
  const all = runs[0].simple.map((_, index) => averaged(runs, index));
  const several = all.length > 1;
  const [first] = all;
  const T0 = runs.length === 1 ? runs[0].simple.map(({ phases }) => phases.T0) : [];
  const rows = chosenRows(first.steps, T0).map(
    (i): Row => ({
      step: first.steps[i],
      epoch: first.epochs[i],
      accuracy: first.mean.accuracy[i],
      information: first.mean.mutualInformation[i],
      ...Object.fromEntries(
        all.flatMap(({ mean }, index) => [
          [`mu${index}`, mean.mu[i]],
          [`null${index}`, mean.muNull[i]],
          [`beyond${index}`, mean.conditional[i]],
        ]),
      ),
    }),
  );
  const columns: TableColumn[] = [
    { key: "step" },
    { key: "epoch", format: (epoch) => (Number.isFinite(epoch) ? epochText(epoch as number) : ""), align: "right" },
    right("accuracy", "accuracy", 3),
    right("information", "I(F;Y)", 4),
    ...all.flatMap((_, index) => [
      right(`mu${index}`, several ? `μ${subscript(index)}` : "μ", 4),
      // of several, I(F;Y|L) is the difference of two columns
      ...(several ? [] : [right(`null${index}`, "null", 4), right(`beyond${index}`, "I(F;Y|L)", 4)]),
    ]),
  ];
  const of = runs.length > 1 ? `, means of ${runs.length} seeds` : "";
  return titled(`On the test set, ${runs[0].simple[0].curve.unit}${of}`, rows, columns, layout);
}

/** About as many rows as fit, evenly, with both ends and T0. */
function chosenRows(steps: readonly number[], T0: readonly number[]): number[] {
  const last = steps.length - 1;
  const count = Math.min(ROWS, steps.length);
  const even = Array.from({ length: count }, (_, i) => Math.round((i * last) / Math.max(1, count - 1)));
  return [...new Set([...even, ...T0.map((step) => steps.indexOf(step))])].sort((a, b) => a - b);
}

function epochText(epoch: number): string {
  return Number.isInteger(epoch) ? String(epoch) : epoch < 10 ? epoch.toFixed(2) : epoch.toFixed(1);
}

const subscript = (index: number) => "₁₂₃₄₅₆₇₈₉"[index] ?? `_${index + 1}`;

/** How the phases are told: a row each, a column a simple classifier. */
const LINES: readonly (readonly [name: keyof ClassificationNumbers, text: string, digits: number])[] = [
  ["simpleAccuracy", "accuracy of L", 4],
  ["simpleInformation", "I(L;Y)", 4],
  ["T0", "T₀, first I(F;Y) ≥ 0.9 I(L;Y)", 0],
  ["ratio", "μ / I(F;Y) at T₀", 3],
  ["ratioNull", "  its null", 3],
  ["retention", "μ at the end / I(L;Y)", 3],
  ["retentionNull", "  its null", 3],
  ["mu", "μ at the end", 4],
  ["conditional", "I(F;Y|L) at the end", 4],
];
/** Of the network alone. */
const END: typeof LINES = [
  ["information", "I(F;Y) at the end", 4],
  ["accuracy", "test accuracy at the end", 4],
  ["trainAccuracy", "training accuracy at the end", 4],
];

/** Phases with their nulls, and the last numbers, over seeds. */
export function phasesText(runs: readonly ClassificationRun[], layout: Layout): string {
  if (runs.length === 0) return "";
  const all = runs[0].simple.map(({ name }, index) => ({
    name,
    summary: classificationSummary(runs, index),
    missed: runs.filter(({ simple }) => !simple[index].phases.reached).length,
  }));
  const cell = ({ summary, missed }: (typeof all)[0], [name, , digits]: (typeof LINES)[number]) =>
    name === "T0" && missed > 0
      ? missed === runs.length
        ? "not reached"
        : `not in ${missed} of ${runs.length}`
      : spreadText(summary[name], digits);
  const rows = [
    ...LINES.map(
      (line): Row => ({ what: line[1], ...Object.fromEntries(all.map((one, i) => [`c${i}`, cell(one, line)])) }),
    ),
    ...END.map((line): Row => ({ what: line[1], c0: cell(all[0], line) })),
  ];
  const columns = [
    { key: "what", title: "L" },
    ...all.map(({ name }, i) => ({ key: `c${i}`, title: name, align: "right" as const })),
  ];
  const of = runs.length > 1 ? `, mean ± standard deviation of ${runs.length} seeds` : "";
  return titled(`What it comes to${of}`, rows, columns, layout);
}

function spreadText({ mean, standardDeviation }: Spread, digits: number): string {
  if (!Number.isFinite(mean)) return "−";
  if (standardDeviation === undefined) return fixed(digits)(mean);
  return `${fixed(digits)(mean)} ± ${digits === 0 ? fixed(standardDeviation < 10 ? 1 : 0)(standardDeviation) : fixed(digits)(standardDeviation)}`;
}

/** What to think of a start, a fit or a table that is not as it should be. */
export function warningsOf(runs: readonly ClassificationRun[]): string[] {
  const fits = runs.flatMap(({ simple }) =>
    simple.flatMap(({ name, fit }) =>
      fit?.status === "separable"
        ? [`The ${name} classifier separates its training set: without l2 its fit has no minimum.`]
        : fit?.status === "step-limit"
          ? [`The ${name} classifier is not fitted to tolerance: |gradient| is ${fit.gradientNorm.toExponential(1)}.`]
          : [],
    ),
  );
  const tables = runs.flatMap(({ simple }) => simple.flatMap(({ curve }) => curve.points.at(-1)?.warning ?? []));
  const starts = runs.flatMap(({ seed, adversarial }) =>
    adversarial?.status === "incomplete" ? [`Seed ${seed}, random labels: ${adversarial.message}`] : [],
  );
  const ignorant = runs.flatMap(({ simple }) =>
    simple.flatMap(({ name, curve: { simple: own, unit } }) =>
      own < LITTLE
        ? [
            `The ${name} classifier knows next to nothing, I(L;Y) = ${own.toPrecision(2)} ${unit}: T0 and what is divided by I(L;Y) say nothing.`,
          ]
        : [],
    ),
  );
  return [...new Set([...starts, ...fits, ...tables, ...ignorant.slice(0, 1)])];
}

export function titled(title: string, rows: readonly Row[], columns: readonly TableColumn[], layout: Layout): string {
  const table = terminalTable(rows, columns, { ascii: layout.ascii });
  return `${wrapped(title, layout)}\n\n${layout.ascii ? toASCII(table) : table}`;
}
