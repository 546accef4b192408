/** A classification as files: a row an evaluation, arrays with all predictions, one JSON value. */
import {
  type ClassificationResult,
  type ClassificationRun,
  classificationNumbers,
  classificationSummary,
} from "../../classify/index.js";
import type { Column, NpzEntry } from "../../formats/index.js";
import type { ClassificationFile } from "./schema.js";

/** A row for each seed, simple classifier and evaluated step. */
export function columnsOf(runs: readonly ClassificationRun[]): Column[] {
  const rows = runs.flatMap((run) =>
    run.simple.flatMap((simple) =>
      simple.curve.points.map((point, i) => ({ run, simple, point, evaluation: run.training.evaluations[i] })),
    ),
  );
  type RowOf = (typeof rows)[number];
  const numbers = (name: string, of: (row: RowOf) => number): Column => ({
    name,
    values: Float64Array.from(rows, of),
  });
  return [
    numbers("seed", ({ run }) => run.seed),
    { name: "simple", values: rows.map(({ simple }) => simple.name) },
    numbers("step", ({ evaluation }) => evaluation.step),
    numbers("epoch", ({ evaluation }) => evaluation.epoch),
    numbers("loss", ({ evaluation }) => evaluation.loss.test),
    numbers("accuracy", ({ evaluation }) => evaluation.accuracy.test),
    numbers("information", ({ point }) => point.mutualInformation),
    numbers("mu", ({ point }) => point.mu),
    numbers("mu_null", ({ point }) => point.muNull),
    numbers("conditional", ({ point }) => point.conditional),
    numbers("information_error", ({ point }) => point.standardErrors.mutualInformation),
    numbers("mu_error", ({ point }) => point.standardErrors.mu),
    numbers("conditional_error", ({ point }) => point.standardErrors.conditional),
    numbers("simple_information", ({ simple }) => simple.curve.simple),
    numbers("simple_accuracy", ({ simple }) => simple.accuracy),
  ];
}

/**
 * For each seed `seed1_steps` (n), `seed1_predictions` (n x m: what the network says of the m test samples at each evaluation), `seed1_labels` (m), `seed1_simple` (k x m), and of the curves
 * `seed1_information`, `seed1_accuracy` (n), `seed1_mu`, `seed1_mu_null`, `seed1_conditional` (k x n). `experiment` is the text of the file that repeats the run.
 */
export function arraysOf(file: ClassificationFile, runs: readonly ClassificationRun[]): Record<string, NpzEntry> {
  const entries = runs.flatMap((run) =>
    Object.entries(arraysOfRun(run)).map(([name, entry]) => [`seed${run.seed}_${name}`, entry] as const),
  );
  return { ...Object.fromEntries(entries), experiment: JSON.stringify(file) };
}

function arraysOfRun({ training, labels, simple }: ClassificationRun): Record<string, NpzEntry> {
  const { evaluations } = training;
  const [n, m, k] = [evaluations.length, labels.length, simple.length];
  const stacked = (lists: readonly Int32Array[]) => {
    const data = new Int32Array(lists.length * m);
    lists.forEach((list, i) => {
      data.set(list, i * m);
    });
    return { data, shape: [lists.length, m] };
  };
  const curves = (of: (point: (typeof simple)[0]["curve"]["points"][0]) => number) => ({
    data: Float64Array.from(simple.flatMap(({ curve }) => curve.points.map(of))),
    shape: [k, n],
  });
  return {
    steps: Float64Array.from(evaluations, ({ step }) => step),
    predictions: stacked(evaluations.map(({ predictions }) => predictions.test)),
    labels,
    simple: stacked(simple.map(({ predictions }) => predictions)),
    accuracy: Float64Array.from(evaluations, ({ accuracy }) => accuracy.test),
    information: Float64Array.from(simple[0].curve.points, (point) => point.mutualInformation),
    mu: curves((point) => point.mu),
    mu_null: curves((point) => point.muNull),
    conditional: curves((point) => point.conditional),
  };
}

/** As one JSON value; `experiment` repeats it. */
export function recordValue(file: ClassificationFile, { status, runs }: ClassificationResult): Record<string, unknown> {
  const columns = Object.fromEntries(columnsOf(runs).map(({ name, values }) => [name, values]));
  return {
    experiment: file,
    status,
    runs: runs.map((run) => ({
      seed: run.seed,
      status: run.status,
      message: run.message,
      steps: run.training.steps,
      weightNorm: run.training.network.weightNorm,
      adversarial: run.adversarial && {
        status: run.adversarial.status,
        message: run.adversarial.message,
        accuracy: run.adversarial.accuracy,
        weightNorm: run.adversarial.weightNorm,
      },
      simple: run.simple.map(({ name, options, fit, training, phases }, index) => ({
        name,
        options,
        fit: fit && {
          status: fit.status,
          objective: fit.objective,
          gradientNorm: fit.gradientNorm,
          iterations: fit.iterations,
        },
        training: training && { status: training.status, steps: training.steps },
        ...classificationNumbers(run, index),
        phases,
      })),
    })),
    summary:
      runs.length > 0 ? runs[0].simple.map(({ name }, index) => ({ name, ...classificationSummary(runs, index) })) : [],
    columns,
  };
}
