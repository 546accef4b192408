/** Figures: training on n samples beside one-pass SGD, and when to stop. */
import { earlyStopping, ensemble, type ProblemInput } from "../../index.js";
import type { Chart, Series } from "../../plot/index.js";
import { type PaperControl, runControl } from "../paper.js";
import { erfStudents, linearSet } from "./finite-set.js";
import { linearFlow } from "./linear-flow.js";
import { inTurn, tied } from "./runs.js";

const SAMPLES = 400;
const SETS = 4;
/** At 2.5 times the claims' learning rate, for the noise of single samples to be seen. */
const ETA = 0.5;
const UNTIL = 500;

const WAYS: readonly { readonly name: string; readonly more: Partial<ProblemInput>; readonly look: Series["kind"] }[] =
  [
    { name: "one-pass SGD", more: {}, look: "line" },
    { name: "SGD, B = 1", more: { data: { samples: SAMPLES } }, look: "line" },
    { name: "mini-batch SGD, B = 10", more: { data: { samples: SAMPLES }, batchSize: 10 }, look: "line" },
    { name: "gradient flow", more: { data: { samples: SAMPLES, order: "gradient-flow" } }, look: "line" },
    { name: "full-batch gradient descent", more: { data: { samples: SAMPLES, order: "full-batch" } }, look: "dots" },
  ];

/** Rows of the dots: every so many. */
const EVERY = 4;

export async function finiteSet(control: PaperControl): Promise<Chart> {
  const runs = await inTurn(control, WAYS, async ({ name, more, look }, own) => {
    const until = look === "dots" ? UNTIL / 10 : UNTIL;
    const many = await ensemble(
      { ...erfStudents, learningRate: ETA, ...more },
      { until, replicas: SETS, seed: 1, method: "dense", save: { count: 80, spacing: "log" }, ...runControl(own) },
    );
    return { name, look, many };
  });
  const { noiseVariance: Delta } = erfStudents;
  const curve = (
    name: string,
    look: Series["kind"],
    x: Float64Array,
    y: Float64Array,
    error: Float64Array,
  ): Series[] => {
    const rows = Array.from(x.keys()).filter((i) => x[i] > 0 && (look === "line" || i % EVERY === 0));
    const pick = (value: (i: number) => number) => rows.map(value);
    if (look === "dots")
      return [{ label: `mean of ${SETS} sets`, kind: "dots", group: name, x: pick((i) => x[i]), y: pick((i) => y[i]) }];
    return [
      {
        label: "± 1 standard error",
        kind: "band",
        group: name,
        x: pick((i) => x[i]),
        y: pick((i) => y[i]),
        low: pick((i) => y[i] - error[i]),
        high: pick((i) => y[i] + error[i]),
      },
      { label: `mean of ${SETS} sets`, kind: "line", group: name, x: pick((i) => x[i]), y: pick((i) => y[i]) },
    ];
  };
  const stops = runs.flatMap(({ many, look }): Series[] => {
    if (!many.mean.empiricalRisk || look === "dots") return [];
    const { time, risk } = earlyStopping(many.mean);
    return [{ label: `mean of ${SETS} sets`, kind: "dots", group: "early stopping", x: [time], y: [risk] }];
  });
  return {
    title: "Many passes over a training set: the noise is learnt after the signal",
    subtitle: "Goldt's students on n noisy samples, beside one-pass SGD, which sees each sample once",
    caption: tied(
      `Means over ${SETS} sets. Early stopping: minima of the population risk. A step of ν takes B samples, all n of gradient descent. Gradient descent (to t = ${UNTIL / 10}) lies on its flow. Empirical risk: half the mean square residual on the set, label noise included; the population's has ` +
        `Δ/2 besides ε. Erf, K = ${erfStudents.studentWidth}, M = 2, d = ${erfStudents.inputDimension}, n = ${SAMPLES}, η = ${ETA}, Δ = ${Delta}, first layer, random starts.`,
    ),
    x: { label: "t = ν/d", scale: "log", domain: [0.3, 1.2 * UNTIL] },
    y: { label: "excess population risk ε", scale: "log" },
    series: [],
    panels: [
      {
        title: "(a) population risk",
        series: [
          ...runs.flatMap(({ name, look, many }) =>
            curve(name, look, many.time, many.mean.risk, many.standardError.risk),
          ),
          ...stops,
        ],
      },
      {
        title: "(b) empirical risk",
        y: { label: "empirical risk" },
        series: runs.flatMap(({ name, look, many: { time, mean, standardError } }) =>
          mean.empiricalRisk ? curve(name, look, time, mean.empiricalRisk, standardError.empiricalRisk!) : [],
        ),
      },
    ],
    palette: "categorical",
    names: "key",
  };
}

const RATIOS = [0.5, 2, 4, 8];
const LINEAR_UNTIL = 60;
const LINEAR_SETS = 48;

export async function earlyStop(control: PaperControl): Promise<Chart> {
  const times: number[] = [];
  for (let t = LINEAR_UNTIL; times.length < 121; t /= 1.06) times.unshift(t);
  const dots = times.filter((_, i) => i % 8 === 0);
  const { noiseVariance = 0, inputDimension: d } = linearSet(1, "gradient-flow");
  const drawn = await inTurn(control, RATIOS, async (alpha, own) => {
    const group = `n/d = ${alpha}`;
    const theory = times.map((t) => linearFlow(alpha, noiseVariance, t));
    const { mean, standardError, time } = await ensemble(linearSet(alpha * d, "gradient-flow"), {
      until: LINEAR_UNTIL,
      replicas: LINEAR_SETS,
      seed: 1,
      save: { times: dots },
      ...runControl(own),
    });
    const panel = (y: "risk" | "empiricalRisk"): Series[] => {
      const [values, errors] = [Array.from(mean[y]!), standardError[y]!];
      return [
        { label: "random matrices, d → ∞", kind: "line", group, x: times, y: theory.map((one) => one[y]) },
        {
          label: `${LINEAR_SETS} sets, d = ${d}`,
          kind: "dots",
          group,
          x: time,
          y: values,
          low: values.map((value, i) => value - 2 * errors[i]),
          high: values.map((value, i) => value + 2 * errors[i]),
        },
      ];
    };
    const risks = theory.map(({ risk }) => risk);
    const stop = earlyStopping({ time: times, risk: risks });
    return { population: panel("risk"), empirical: panel("empiricalRisk"), stop };
  });
  const minima = drawn.map(({ stop }, i) => `t = ${stop.time.toPrecision(2)} at n/d = ${RATIOS[i]}`).join(", ");
  return {
    title: "When to stop: gradient flow of a linear student on n noisy samples",
    subtitle: "The population risk has a minimum while the empirical risk falls on, to zero where n < d",
    caption: tied(
      `Lines: Advani & Saxe's law, by Marchenko and Pastur's eigenvalues. Dots: means of ${LINEAR_SETS} sets, bars two standard errors. ` +
        `Minima of the population risk: ${minima}. d = ${d}, γ = 1, Δ = ${noiseVariance}, start at zero, empirical risk with label noise.`,
    ),
    x: { label: "t = ν/d", scale: "log" },
    y: { label: "excess population risk ε", scale: "log" },
    series: [],
    panels: [
      { title: "(a) population risk", series: drawn.flatMap(({ population }) => population) },
      {
        title: "(b) empirical risk",
        y: { label: "empirical risk", domain: [1e-3, 1] },
        series: drawn.flatMap(({ empirical }) => empirical),
      },
    ],
    palette: "ordered",
    names: "key",
  };
}
