// Dense SGD on the bare core: assembly/online/dense.ts.
import { codeOf } from "./activations.js";
import { Block } from "./block.js";
import { aligned, type Settings, schedule } from "./chain.js";
import type { Core } from "./core.js";

const even = (n: number) => n + (n % 2);

export class Dense {
  readonly #core: Core;
  readonly #settings: Settings;
  readonly #single: boolean;
  readonly #rowBytes: number;
  readonly #block: Block;
  readonly #omega: number;

  constructor(core: Core, settings: Settings, single = false) {
    const { d, p, k, batch = 1, student = "erf", teacher = student, spectrum = [] } = settings;
    const rowBytes = 64 * Math.ceil((d * (single ? 4 : 8)) / 64);
    const room = (bytes: number) => aligned(core, bytes);
    const fields = 8 * (even(k) + even(p) + 2);
    this.#core = core;
    this.#settings = settings;
    this.#single = single;
    this.#rowBytes = rowBytes;
    this.#omega = core.f64((p + k) ** 2);
    this.#block = new Block(core, core.exports.denseFields());
    this.#block.set({
      single: single ? 1 : 0,
      rowBytes,
      d,
      p,
      k,
      batch,
      studentActivation: codeOf(core, student),
      teacherActivation: codeOf(core, teacher),
      studentScale: settings.ns ?? 1,
      teacherScale: settings.nt ?? 1,
      sphere: settings.sphere ? 1 : 0,
      spectrum: core.f64(spectrum.flatMap(({ variance, multiplicity }) => [variance, multiplicity])),
      eigenspaces: spectrum.length,
      noise: Math.sqrt(settings.Delta ?? 0),
      decay: settings.kappa ?? 0,
      trainsSecond: settings.gammaA === undefined ? 0 : 1,
      secondDecay: settings.kappaA ?? 0,
      rate: core.f64(schedule(settings.gamma ?? 0.5)),
      secondRate: core.f64(schedule(settings.gammaA ?? 0)),
      weights: room((p + k) * rowBytes),
      samples: room((batch + 1) * (rowBytes + 64)),
      fields: room(fields),
      values: room(fields),
      slopes: room(fields),
      pending: room(8 * batch * even(p)),
      a: core.f64(p),
      aStar: core.f64(k),
      aStep: core.f64(p),
      inputKey: room(128),
      generator: room(128),
    });
  }

  /** @param rows of [W*; W] / sqrt d */
  begin(
    rows: number[][],
    { a, aStar }: { a: number[]; aStar: number[] },
    { seed, stream }: { seed: number; stream: number },
  ): this {
    const { exports, memory } = this.#core;
    rows.forEach((row, i) => {
      const at = this.#block.get("weights") + i * this.#rowBytes;
      if (this.#single) new Float32Array(memory.buffer, at, row.length).set(row);
      else new Float64Array(memory.buffer, at, row.length).set(row);
    });
    new Float64Array(memory.buffer, this.#block.get("a"), a.length).set(a);
    new Float64Array(memory.buffer, this.#block.get("aStar"), aStar.length).set(aStar);
    exports.makeKey(this.#block.get("inputKey"), seed, stream, 0);
    this.#block.set({ step: 0, ring: 0, waiting: 0 });
    return this;
  }

  steps(count: number): number {
    return this.#core.exports.denseSteps(this.#block.address, count);
  }

  omega(): Float64Array {
    this.#core.exports.denseOrderParameters(this.#block.address, this.#omega);
    return this.#core.read(this.#omega, (this.#settings.p + this.#settings.k) ** 2);
  }

  a(): Float64Array {
    return this.#core.read(this.#block.get("a"), this.#settings.p);
  }
}
