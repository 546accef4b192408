/** Figures of information along training: what the network knows, and what simple classifiers explain of it. */
import type { ClassificationRun, SimpleComparison } from "../../classify/index.js";
import type { Chart, Panel, Series } from "../../plot/index.js";
import type { PaperClassification, PaperControl } from "../paper.js";
import { shared } from "../shares.js";
import { digitHalves, disc, linearAndProduct, staircase, teacherStudent, xor } from "./experiments.js";
import { runsOf } from "./run.js";

const SEED = 1;
const STEPS = { label: "step of SGD", scale: "log" } as const;

/** A run of each experiment, one after the other. */
async function oneOfEach(
  experiments: readonly PaperClassification[],
  control: PaperControl,
): Promise<ClassificationRun[]> {
  const controls = shared(
    control,
    experiments.map(({ seconds = 1 }) => seconds),
  );
  const runs: ClassificationRun[] = [];
  for (const [i, experiment] of experiments.entries()) runs.push(...(await runsOf(experiment, [SEED], controls[i])));
  return runs;
}

type Point = SimpleComparison["curve"]["points"][number];

/** A number of every evaluated step but step 0, which a log axis has no place for. */
function along({ curve }: SimpleComparison, value: (point: Point) => number): { x: number[]; y: number[] } {
  const first = curve.steps[0] > 0 ? 0 : 1;
  return { x: curve.steps.slice(first), y: curve.points.slice(first).map(value) };
}

const level = (x: readonly number[], y: number) => ({ x: [x[0], x[x.length - 1]], y: [y, y] });

/** I(F;Y), mu, I(F;Y|L) with 95 % intervals, and what they are held against. */
function threeCurves(comparison: SimpleComparison): Series[] {
  const measures = [
    { key: "mutualInformation", group: "I(F;Y): what the network knows" },
    { key: "mu", group: "μ(F;L): what L explains of it" },
    { key: "conditional", group: "I(F;Y|L): the rest" },
  ] as const;
  const { steps } = comparison.curve;
  return [
    ...measures.flatMap(({ key, group }): Series[] => {
      const middle = along(comparison, (point) => point[key]);
      const [low, high] = [0, 1].map((end) => along(comparison, (point) => point.intervals[key][end]).y);
      return [
        { label: "95 %", kind: "band", group, ...middle, low, high },
        { label: "one run", kind: "line", group, ...middle },
      ];
    }),
    {
      label: "for comparison",
      kind: "line",
      dashed: true,
      group: "I(L;Y): what L knows",
      ...level(steps.slice(1), comparison.curve.simple),
    },
    {
      label: "for comparison",
      kind: "line",
      dashed: true,
      group: "μ if their errors were independent",
      ...along(comparison, (point) => point.muNull),
    },
  ];
}

/** Figure 1 of the paper, for four tasks. */
export async function informationFigure(control: PaperControl = {}): Promise<Chart> {
  const cases = [
    { experiment: disc, title: "(a) disc cut by a wave, 10 % noise" },
    { experiment: linearAndProduct, title: "(b) sign(x₁ + 1.5 x₂x₃)" },
    { experiment: digitHalves, title: "(c) digits, 0–4 against 5–9" },
    { experiment: xor, title: "(d) control: sign(x₁x₂)" },
  ];
  const runs = await oneOfEach(
    cases.map(({ experiment }) => experiment),
    control,
  );
  const panels = cases.map(({ title }, i): Panel => ({ title, series: threeCurves(runs[i].simple[0]) }));
  return {
    title: "First all that SGD knows is a linear classifier's, then it keeps that and learns more",
    subtitle: "F: network; L: logistic regression; Y: label; informations in bits, on fresh samples",
    caption:
      "Networks of two hidden layers, plain SGD on the cross-entropy; test sets of 20,000 samples (digits: 599 images). Bands: 95 % intervals of the estimates. At first μ is all of I(F;Y) (Claim 1), far above what two classifiers of the same accuracies would have in common by chance; then it stays at I(L;Y) while I(F;Y) goes on rising (Claim 2). In (d) a linear classifier knows nothing, and explains nothing.",
    x: STEPS,
    y: { label: "bits", scale: "linear" },
    series: [],
    panels,
    palette: "categorical",
    names: "key",
  };
}

/** All tasks on one pair of axes: what is explained against what is known, in units of I(L;Y). */
export async function explainedFigure(control: PaperControl = {}): Promise<Chart> {
  const cases = [
    { experiment: disc, group: "disc cut by a wave" },
    { experiment: linearAndProduct, group: "linear part and product" },
    { experiment: teacherStudent, group: "teacher of three erf units" },
    { experiment: digitHalves, group: "digits, 0–4 against 5–9" },
  ];
  const runs = await oneOfEach(
    cases.map(({ experiment }) => experiment),
    control,
  );
  const series = cases.flatMap(({ group }, i): Series[] => {
    const { curve } = runs[i].simple[0];
    const inUnits = (value: (point: Point) => number) => curve.points.map((point) => value(point) / curve.simple);
    const x = inUnits(({ mutualInformation }) => mutualInformation);
    // from the least known to the most, as the null is a function of what is known
    const order = Array.from(x.keys()).sort((a, b) => x[a] - x[b]);
    const nulls = inUnits(({ muNull }) => muNull);
    return [
      { label: "evaluated steps", kind: "dots", group, x, y: inUnits(({ mu }) => mu) },
      {
        label: "if errors were independent",
        kind: "line",
        dashed: true,
        group,
        x: order.map((at) => x[at]),
        y: order.map((at) => nulls[at]),
      },
    ];
  });
  const most = 3.6;
  return {
    title: "What a linear classifier explains of what a network knows",
    subtitle: "F: network along training; L: logistic regression; both axes in units of what L knows",
    caption:
      "Each dot is an evaluated step of one run. Line: all is explained until the network knows as much as L, and that much remains explained. Dashed: what classifiers of the same accuracies share if their errors are independent.",
    x: { label: "I(F;Y) / I(L;Y)", scale: "linear", domain: [0, most] },
    y: { label: "μ(F;L) / I(L;Y)", scale: "linear", domain: [0, 1.1] },
    series: [
      ...series,
      { label: "Claims 1 and 2", kind: "line", group: "Claims 1 and 2", x: [0, 1, most], y: [0, 1, 1] },
    ],
    palette: "categorical",
    names: "key",
  };
}

/** Figure 4's idea on a task whose degrees are known: each classifier explains all until it is left behind. */
export async function staircaseFigure(control: PaperControl = {}): Promise<Chart> {
  const [run] = await runsOf(staircase, [SEED], control);
  const names = ["G₁: degree 1", "G₂: up to degree 2", "G₃: up to degree 3"];
  return {
    title: "Degree by degree: SGD leaves ever more complex classifiers behind",
    subtitle:
      "y = sign(x₁ + 1.2 x₂x₃ + 1.2 x₄x₅x₆), d = 12; G_{k}: logistic regression on all monomials up to degree k",
    caption:
      "F: a network of two hidden layers of 256 units, learning rate 0.02, batches of 64 of 20,000 samples; test set of 20,000. (a) What G_{k} explains of F along its training, and what G_{k} knows. (b) What G_{k} does not explain; marks: the first step at which that is more than 0.05 bits. F leaves G₁ first, then G₂, and G₃ not at all.",
    ...leaving(run, names, "G_{k}", "departure"),
  };
}

/** Figure 5. @param samples "1,000 training images, 500 test images" */
export async function convolutionsFigure(
  experiment: PaperClassification,
  samples: string,
  control: PaperControl = {},
): Promise<Chart> {
  const [run] = await runsOf(experiment, [SEED], control);
  const names = run.simple.map(({ name }) => name);
  const never = names.filter((_, i) => run.simple[i].phases.departureForGood === undefined);
  const kept = never.length > 0 ? ` ${never.join(" and ")} is not left behind.` : "";
  return {
    title: "A deep convolutional network leaves shallower ones behind in their order",
    subtitle: `${experiment.title.split(":")[0]}; CNN_{k}: convolutional network of k layers; F: one of 8, plain SGD`,
    caption: `${samples}. (a) What CNN_{k}, trained to its end, explains of F along its training, and what CNN_{k} knows. (b) What it does not explain; marks: the step from which on that is more than 0.05 bits.${kept} Layers are those with weights: convolutions of 3 × 3 pixels, then one or two dense ones.`,
    ...leaving(run, names, "CNN_{k}", "departureForGood"),
  };
}

/** mu of each simple classifier, and what each leaves unexplained. */
function leaving(
  { simple }: ClassificationRun,
  names: readonly string[],
  symbol: string,
  when: "departure" | "departureForGood",
): Pick<Chart, "x" | "y" | "series" | "panels" | "palette" | "names"> {
  const known = along(simple[0], ({ mutualInformation }) => mutualInformation);
  const label = "along the training of F";
  const explained = simple.flatMap((comparison, i): Series[] => [
    { label, kind: "line", group: names[i], ...along(comparison, ({ mu }) => mu) },
    {
      label: `I(${symbol};Y): what ${symbol} knows`,
      kind: "line",
      dashed: true,
      group: names[i],
      ...level(known.x, comparison.curve.simple),
    },
  ]);
  const left = simple.flatMap((comparison, i): Series[] => {
    const { x, y } = along(comparison, ({ conditional }) => conditional);
    const at = x.indexOf(comparison.phases[when] ?? Number.NaN);
    const dot: Series = { label: "left behind", kind: "dots", group: names[i], x: [x[at]], y: [y[at]] };
    return [{ label, kind: "line", group: names[i], x, y }, ...(at < 0 ? [] : [dot])];
  });
  return {
    x: STEPS,
    y: { label: "bits", scale: "linear" },
    series: [],
    panels: [
      {
        title: `(a) explained by ${symbol}: μ(F;${symbol})`,
        series: [{ label, kind: "line", group: "I(F;Y): all that F knows", ...known }, ...explained],
      },
      { title: `(b) not explained by ${symbol}: I(F;Y|${symbol})`, series: left },
    ],
    palette: "categorical",
    names: "key",
  };
}
