/** Runs of an experiment, and what is told of each. */
import { type ClassificationRun, classificationNumbers, runClassification } from "../../classify/index.js";
import { loadedTask } from "../known-sets.js";
import { type PaperClassification, type PaperControl, runControl } from "../paper.js";

/** A run for each seed: of the task, of the network's start, of the order of samples. */
export async function runsOf(
  { seconds: _, task, ...experiment }: PaperClassification,
  seeds: readonly number[],
  control: PaperControl,
): Promise<readonly ClassificationRun[]> {
  const loaded = await loadedTask(task, control.files);
  const { runs } = await runClassification({ ...experiment, task: loaded, seeds }, runControl(control));
  control.signal?.throwIfAborted();
  return runs;
}

/** The numbers of the experiments' table; those of the second simple classifier end in 2, of the third in 3. */
export function metricsOf(run: ClassificationRun): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const i of run.simple.keys()) {
    const suffix = i === 0 ? "" : String(i + 1);
    const numbers = classificationNumbers(run, i);
    metrics.acc_end = numbers.accuracy;
    metrics.tr_end = numbers.trainAccuracy;
    metrics.I_end = numbers.information;
    metrics[`I_L${suffix}`] = numbers.simpleInformation;
    metrics[`accL${suffix}`] = numbers.simpleAccuracy;
    metrics[`T0${suffix}`] = numbers.T0;
    metrics[`ratioT0${suffix}`] = numbers.ratio;
    metrics[`ret${suffix}`] = numbers.retention;
    metrics[`C_end${suffix}`] = numbers.conditional;
    metrics[`maxmu${suffix}`] = numbers.largestMu;
  }
  return metrics;
}
