/** Where the batches of a training come from: a set in memory, or what TypeScript makes for each step (a sampler, or augmentation by a function). */
import { SgdDynamicsError, shown } from "../errors.js";
import type { ClassifyCore } from "../wasm/classify/core.js";
import type { NetworkRun } from "../wasm/classify/network-run.js";
import { SampleSet } from "../wasm/classify/sample-set.js";
import { checkedLabels, checkedSamples, type DatasetInput } from "./dataset.js";
import type { Checked } from "./train-options.js";

export interface Batches {
  /** The training set in memory, if there is one. */
  readonly set: SampleSet | undefined;
  /** Whether a step needs `prepare` before it. */
  readonly isPrepared: boolean;
  prepare(step: number): void | Promise<void>;
  free(): void;
}

export function batchesOf(
  core: ClassifyCore,
  run: NetworkRun,
  checked: Checked,
  outputs: number,
  inputs: number,
): Batches {
  return checked.data.kind === "sampler"
    ? sampled(core, run, checked, inputs)
    : ofSet(core, run, checked, outputs, checked.data.set.features);
}

function sampled(core: ClassifyCore, run: NetworkRun, { data, batch, functions }: Checked, inputs: number): Batches {
  const { sample } = data as Extract<Checked["data"], { kind: "sampler" }>;
  const stage = new SampleSet(core, batch, inputs, 0);
  return {
    set: undefined,
    isPrepared: true,
    async prepare(step) {
      const made = sample(batch, step);
      const given: unknown = made instanceof Promise ? await made : made;
      if (typeof given !== "object" || given === null)
        throw new SgdDynamicsError(
          "invalid-data",
          `The sampler gave ${shown(given)} at step ${step}; allowed: { x, y }.`,
        );
      const { x, y } = given as Partial<DatasetInput>;
      const { x: inputsOf } = checkedSamples("x of the sampler", x, inputs, batch);
      const labels = checkedLabels("y of the sampler", y, run.classes);
      if (labels.length !== batch)
        throw new SgdDynamicsError(
          "invalid-data",
          `y of the sampler has ${labels.length} labels at step ${step}; allowed: ${batch}, one for each sample of a batch.`,
        );
      // a copy, where functions write to it: the sampler may keep what it gave
      const changed = functions.length > 0 ? inputsOf.slice() : inputsOf;
      for (const change of functions) change(changed, { step, labels });
      stage.write(0, changed, labels);
      run.trainInTurn(stage, false);
    },
    free: () => stage.free(),
  };
}

function ofSet(core: ClassifyCore, run: NetworkRun, checked: Checked, outputs: number, features: number): Batches {
  const { set: samples, targets } = checked.data as Extract<Checked["data"], { kind: "set" }>;
  const { batch, functions } = checked;
  const set = new SampleSet(core, samples.y.length, features, targets ? outputs : 0);
  set.write(0, samples.x, samples.y, targets);
  run.trainOn(set);
  if (functions.length === 0) return { set, isPrepared: false, prepare: () => undefined, free: () => set.free() };
  const stage = new SampleSet(core, batch, features, targets ? outputs : 0);
  return {
    set,
    isPrepared: true,
    prepare(step) {
      run.trainOn(set);
      run.copyBatch(stage);
      const x = stage.read(0, batch);
      const labels = stage.labelsOf(0, batch);
      for (const change of functions) change(x, { step, labels });
      const wrong = x.findIndex((value) => !Number.isFinite(value));
      if (wrong >= 0)
        throw new SgdDynamicsError(
          "invalid-data",
          `augment gave ${x[wrong]} at feature ${wrong % features} of sample ${Math.floor(wrong / features)} of step ${step}; allowed: finite numbers.`,
        );
      stage.write(0, x, undefined);
      run.trainInTurn(stage, true);
    },
    free() {
      stage.free();
      set.free();
    },
  };
}
