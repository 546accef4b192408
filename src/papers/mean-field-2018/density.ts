/** How the density of particles moves: mass gathers in the directions of the teachers. */
import { type MeanField, meanField } from "../../index.js";
import type { HeatMap } from "../../plot/index.js";
import { geometric } from "../grid.js";
import { type PaperControl, runControl } from "../paper.js";
import { shared } from "../shares.js";
import { logarithm } from "../slope.js";
import { reluParticles } from "./global-convergence.js";

/** 10^(1/10): ten columns a decade. */
const TENTH = 1.2589254117941673;
const DECADES = { from: -1, to: 3 };
const LN10 = 2.302585092994046;
const BINS = 36;

/** Mass-weighted density of cosines with a teacher, over units of one sign, column by column; each column integrates to 1. */
export function massDensity(runs: readonly MeanField[], sign: 1 | -1, teacher: number): Float64Array {
  const columns = runs[0].length;
  const width = 2 / BINS;
  const values = new Float64Array(columns * BINS);
  for (let i = 0; i < columns; i++) {
    let whole = 0;
    for (const run of runs) {
      const [a, mass, cosine] = [run.values(i, "a"), run.values(i, "mass"), run.values(i, { cosine: teacher })];
      a.forEach((own, j) => {
        if (own * sign <= 0) return;
        whole += mass[j];
        values[i * BINS + Math.min(BINS - 1, Math.floor((cosine[j] + 1) / width))] += mass[j];
      });
    }
    for (let b = 0; b < BINS; b++) values[i * BINS + b] /= whole * width;
  }
  return values;
}

/** Starts of 30 ReLU particles, as in the experiment of global convergence. */
export async function densityMap(control: PaperControl): Promise<HeatMap> {
  const [starts, p] = [24, 30];
  const count = 10 * (DECADES.to - DECADES.from) + 1;
  const times = geometric(0.1, TENTH, count);
  const until = times[count - 1];
  const runs: MeanField[] = [];
  for (const [i, piece] of shared(control, new Array(starts).fill(1)).entries()) {
    const { problem } = await reluParticles(p, i + 1);
    runs.push(await meanField(problem, { until, save: { times }, rtol: 1e-6, ...runControl(piece) }));
  }
  const domain = [-1.5, 1.5] as const;
  const panel = (title: string, sign: 1 | -1, teacher: number) => ({
    ...{ title, domain, scaleLabel: "log₁₀" },
    values: massDensity(runs, sign, teacher).map((x) => (x > 0 ? Math.max(domain[0], log10(x)) : domain[0])),
  });
  return {
    title: "Mass gathers in the directions of the teachers",
    subtitle:
      "Population-risk flow of ReLU particles, d = 5, teachers u*₁, u*₂ with a* = 1 and u*₃ with a* = −1, orthonormal",
    caption: `Density of the cosine between a particle and a teacher, weighted by the particle's mass |a| |u|, of ${starts} random starts of ${p} particles together; each column integrates to 1, colours are log₁₀ of it. Units of + end at both teachers of +, whose cosines with u*₁ are 1 and 0.`,
    x: { label: "log₁₀ of mean-field time", values: times.map((_, i) => DECADES.from + i / 10) },
    y: { label: "cosine", values: Array.from({ length: BINS }, (_, b) => -1 + (2 * b + 1) / BINS) },
    panels: [panel("(a) units of +, cosine with u*₁", 1, 0), panel("(b) units of −, cosine with u*₃", -1, 2)],
  };
}

function log10(x: number): number {
  return logarithm(x) / LN10;
}
