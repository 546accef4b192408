/** The figure of increasing complexity: what the network knows, what of it a simple classifier explains, what is beyond it. */
import type { ClassificationRun } from "../../classify/index.js";
import type { Chart, Panel, Series } from "../../plot/index.js";
import { type Averaged, averaged, meanOf, type Quantity } from "./curves.js";
import type { ClassificationFile } from "./schema.js";

const STEP = "step of SGD";

/** Curves by the names of their groups, in the order of their colours. */
const CURVES: readonly (readonly [quantity: Quantity, group: string, isDashed: boolean])[] = [
  ["mutualInformation", "I(F;Y)", false],
  ["mu", "μ", false],
  ["conditional", "I(F;Y|L)", false],
  ["muNull", "null", true],
];

/** A panel for each simple classifier, and one of accuracies. */
export function chartOf(file: ClassificationFile, runs: readonly ClassificationRun[]): Chart | undefined {
  const all = runs.length > 0 ? runs[0].simple.map((_, index) => averaged(runs, index)) : [];
  // step 0 has no place on an axis of logarithms
  if (all.length === 0 || all[0].steps.every((step) => step === 0)) return undefined;
  const { unit } = runs[0].simple[0].curve;
  const panels = all.map((one, index): Panel => {
    const { name } = runs[0].simple[index];
    return { title: `Beside L: ${name}`, series: information(one, runs, index) };
  });
  const x = { label: STEP, scale: "log" as const };
  return {
    title: file.title ?? file.name,
    subtitle: subtitle(file, runs),
    caption: caption(runs),
    x,
    y: { label: `information on the test set, ${unit}`, scale: "linear" },
    series: [],
    panels: [...panels, accuracies(all, runs)],
    palette: "categorical",
    names: "direct",
  };
}

function information(one: Averaged, runs: readonly ClassificationRun[], index: number): Series[] {
  const bands = CURVES.filter(([, , isDashed]) => !isDashed).flatMap(([quantity, group]) =>
    runs.length > 1 ? [band(one, quantity, group, runs.length)] : [],
  );
  const lines = CURVES.map(
    ([quantity, group, dashed]): Series => ({
      label: dashed ? "if errors were independent" : runs.length > 1 ? "mean" : "measured",
      kind: "line",
      group,
      dashed,
      x: one.steps,
      y: one.mean[quantity],
    }),
  );
  const own = meanOf(runs.map(({ simple }) => simple[index].curve.simple));
  return [...bands, ...lines, level(one, own, "I(L;Y)")];
}

function band(one: Averaged, quantity: Quantity, group: string, count: number): Series {
  const [y, spread] = [one.mean[quantity], one.deviation[quantity]];
  return {
    label: `± one standard deviation of ${count} seeds`,
    kind: "band",
    group,
    x: one.steps,
    y,
    low: y.map((value, i) => value - spread[i]),
    high: y.map((value, i) => value + spread[i]),
  };
}

/** A dashed line as high as a simple classifier stands. */
function level({ steps }: Averaged, value: number, group: string): Series {
  const from = steps.find((step) => step > 0)!;
  const label = "simple classifier";
  return { label, kind: "line", dashed: true, group, x: [from, steps[steps.length - 1]], y: [value, value] };
}

function accuracies(all: readonly Averaged[], runs: readonly ClassificationRun[]): Panel {
  const [one] = all;
  const label = runs.length > 1 ? "mean" : "measured";
  return {
    title: "Accuracy",
    y: { label: "share of the test set that is right" },
    series: [
      ...(runs.length > 1 ? [band(one, "accuracy", "F", runs.length)] : []),
      { label, kind: "line", group: "F", x: one.steps, y: one.mean.accuracy },
      ...runs[0].simple.map((_, index) => level(one, meanOf(runs.map(({ simple }) => simple[index].accuracy)), "L")),
    ],
  };
}

function subtitle({ training }: ClassificationFile, runs: readonly ClassificationRun[]): string {
  const widths = runs[0].training.network.layers.map(({ outputs }) => outputs);
  const rate = typeof training.learningRate === "number" ? `learning rate ${training.learningRate}` : "a schedule";
  return `${[runs[0].training.network.inputs, ...widths].join("–")}, SGD with ${rate}, batches of ${training.batchSize}`;
}

function caption(runs: readonly ClassificationRun[]): string {
  const { phases } = runs[0].simple[0];
  const seeds = runs.length === 1 ? `seed ${runs[0].seed}` : `means of ${runs.length} seeds`;
  return (
    `F: the network, Y: labels, L: the simple classifier; ${seeds}. μ = I(F;Y) − I(F;Y|L) is what L explains of the network's performance; the null is what ` +
    `two classifiers of these accuracies would share if their errors were independent.${runs.length === 1 ? ` T₀ = ${phases.T0}.` : ""}`
  );
}
