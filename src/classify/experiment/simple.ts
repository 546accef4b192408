/** The simple classifiers of an experiment: linear ones fitted to their minimum, networks trained to their end. */
import { shown } from "../../errors.js";
import { isList } from "../../linalg/matrix.js";
import { checkKeys, invalid } from "../../options.js";
import type { Dataset } from "../dataset.js";
import { fitLinear, type LinearFit } from "../linear/fit-linear.js";
import { areFinite } from "../network.js";
import { predict, shareRight } from "../predict.js";
import type { Training } from "../training.js";
import { type Prepared, prepared, trained } from "./networks.js";
import type { Sets } from "./sets.js";
import type { SimpleClassifier, SimpleFit, SimpleNetwork } from "./types.js";

/** A simple classifier of a run. */
export interface Fitted {
  /** "linear", "degree 2", ... or a network's own. */
  readonly name: string;
  readonly options: SimpleClassifier;
  /** Of a linear classifier. */
  readonly fit?: LinearFit;
  /** Of a network. */
  readonly training?: Training;
  /** Its predictions on the test set. */
  readonly predictions: Int32Array;
  /** Share of them that is right. */
  readonly accuracy: number;
}

const DEFAULT: readonly SimpleClassifier[] = [{ l2: 1e-3 }];

/** Fits them, seed by seed; linear ones once where all seeds have the same samples. */
export class SimpleFits {
  readonly #options: readonly SimpleClassifier[];
  readonly #areDrawn: boolean;
  readonly #kept: (Fitted | undefined)[] = [];

  /** @param areDrawn whether seeds have samples of their own */
  constructor(options: readonly SimpleClassifier[] = DEFAULT, areDrawn: boolean) {
    if (!isList(options) || options.length === 0)
      invalid(
        `simple is ${shown(options)}; allowed: a list of at least one { degree, l2, loss } or { name, network, training }.`,
      );
    for (const [i, one] of options.entries())
      if (isNetwork(one)) {
        checkKeys(`simple[${i}]`, one, ["name", "network", "training"], "field");
        if (typeof one.name !== "string" || one.name === "")
          invalid(`simple[${i}].name is ${shown(one.name)}; allowed: a text that names the network.`);
      } else checkKeys(`simple[${i}]`, one, ["degree", "l2", "loss"], "field");
    this.#options = options;
    this.#areDrawn = areDrawn;
  }

  /** The starts of the networks among them, undefined for the others. */
  prepare(data: Dataset, seed: number): Promise<(Prepared | undefined)[]> {
    const start = async (one: SimpleClassifier, i: number) =>
      isNetwork(one) ? prepared(one.network ?? {}, one.training, data, seedOf(seed, i), `simple[${i}].`) : undefined;
    return Promise.all(this.#options.map(start));
  }

  /** Undefined where it was aborted. */
  async fit(
    index: number,
    network: Prepared | undefined,
    sets: Sets,
    signal: AbortSignal | undefined,
    onProgress: (fraction: number) => void,
  ): Promise<Fitted | undefined> {
    const options = this.#options[index];
    if (network !== undefined) {
      const training = await trained(network, sets.train, undefined, signal, onProgress);
      if (training.status === "aborted") return undefined;
      // weights that are lost classify nothing; those of the start do
      const classifier = training.network.layers.every(areFinite) ? training.network : network.start;
      const predictions = await predict(classifier, sets.test.x);
      return {
        name: simpleName(options),
        options,
        training,
        predictions,
        accuracy: shareRight(predictions, sets.test.y),
      };
    }
    const kept = this.#kept[index];
    if (kept) return kept;
    const fit = await fitLinear(sets.train, { ...(options as SimpleFit), signal, onProgress: () => onProgress(0) });
    if (fit.status === "aborted" || signal?.aborted) return undefined;
    const predictions = fit.predict(sets.test.x);
    const name = simpleName(options);
    const fitted = { name, options, fit, predictions, accuracy: shareRight(predictions, sets.test.y) };
    if (!this.#areDrawn) this.#kept[index] = fitted;
    return fitted;
  }
}

/** "linear", "degree 2", or a network's own name. */
export function simpleName(one: SimpleClassifier): string {
  if (isNetwork(one)) return one.name;
  return (one.degree ?? 1) === 1 ? "linear" : `degree ${one.degree}`;
}

function isNetwork(one: SimpleClassifier): one is SimpleNetwork {
  return typeof one === "object" && one !== null && "training" in one;
}

/** A seed of its own for each network: layers of one shape would start alike. */
function seedOf(seed: number, index: number): number {
  const away = (index + 1) * 2 ** 40;
  return seed < 2 ** 52 ? seed + away : seed - away;
}
