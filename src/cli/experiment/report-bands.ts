/** Ensembles against theory, and one simulation against the ensemble: where in its band it lies. */
import { terminalTable, toASCII } from "../../plot/index.js";
import { bandText, replicasBelow, replicasText } from "../ensemble-statistics.js";
import { type Layout, symbolOf, wrapped } from "../labels.js";
import { startDependsOnSeed } from "../start.js";
import { type TheoryName, theoryOf } from "../theory.js";
import { placeCells, riskStyle, TIME, zText } from "./report.js";
import type { Result } from "./runner.js";

/** One problem at one time. */
export interface BandComparison {
  readonly place: Result["point"]["place"];
  readonly time: number;
  /** Replicas that reached it. */
  readonly replicas: number;
  /** Mean of their excess risks, and its standard error. */
  readonly mean: number;
  readonly standardError: number;
  /** Excess risk of the ODE of the first seed; absent where replicas do not start with it. */
  readonly theory?: number;
  /** (mean - theory) / standardError. */
  readonly z?: number;
  /** Excess risk of the first seed's simulation, how many replicas lie below it, and whether it lies between the outermost quantiles. */
  readonly simulation?: number;
  readonly below?: number;
  readonly inside?: boolean;
}

/** The comparison at the reported times, problem by problem; times that no replica reached are left out. */
export function compareBands(results: readonly Result[]): BandComparison[] {
  return results.flatMap((result) => result.times.reported.flatMap((time) => comparisonAt(result, time) ?? []));
}

function comparisonAt(result: Result, time: number): BandComparison | undefined {
  const { point, band, seeds } = result;
  const i = band ? band.mean.time.indexOf(time) : -1;
  if (!band || i < 0) return undefined;
  const at = (runs: Result["theory"]): number | undefined => {
    const run = runs.get(seeds[0]);
    return run?.risk[run.time.indexOf(time)];
  };
  const [mean, standardError] = [band.mean.risk[i], band.standardError.risk[i]];
  const together = !startDependsOnSeed(point.problem) || !startDependsOnSeed(band.ensemble.problem);
  const theory = together ? at(result.theory) : undefined;
  const simulation = at(result.simulation);
  const [low, high] = [band.quantiles[0], band.quantiles[band.quantiles.length - 1]].map((q) => band.of(q).risk[i]);
  return {
    place: point.place,
    time,
    replicas: band.ensemble.counts[i],
    mean,
    standardError,
    ...(theory === undefined ? {} : { theory }),
    // replicas that are all alike, as at a common start, differ by roundings only
    ...(theory !== undefined && standardError > 1e-12 * mean ? { z: (mean - theory) / standardError } : {}),
    ...(simulation === undefined
      ? {}
      : {
          simulation,
          below: replicasBelow(band, i, simulation),
          inside: simulation >= low && simulation <= high,
        }),
  };
}

/** The table, and how to read it. */
export function bandComparisonText(
  rows: readonly BandComparison[],
  results: readonly Result[],
  layout: Layout,
): string {
  const name = theoryOf(results[0]);
  const band = results.flatMap((result) => result.band ?? [])[0];
  const noun = replicasText(band.ensemble);
  const [theory, simulation] = [has(rows, "theory"), has(rows, "simulation")];
  const one = simulationText(results);
  const columns = [
    ...rows[0].place.map(({ path }) => ({ key: path, title: symbolOf(path) })),
    TIME,
    ...(theory ? [{ key: "theory", title: name, ...riskStyle(risks(rows)) }] : []),
    { key: "mean", title: `mean of ${noun}`, ...riskStyle(risks(rows)) },
    { key: "standardError", title: "std. error", digits: 2 },
    ...(theory ? [{ key: "z", format: zText, align: "right" as const }] : []),
    ...(simulation
      ? [
          { key: "simulation", title: one, ...riskStyle(risks(rows)) },
          { key: "place", title: `${noun} below`, align: "right" as const },
        ]
      : []),
  ];
  const cells = placeCells(rows).map((row) => ({ ...row, place: placeText(row) }));
  const table = terminalTable(cells, columns, layout);
  const title = `Excess risk ε: ${theory ? "theory, " : ""}${band.ensemble.replicas} ${noun}${simulation ? `, and one ${one}` : ""}`;
  const words = [theory && zWords(rows, noun, name), simulation && placeWords(rows, band.quantiles, noun, one)];
  const parts = [wrapped(title, layout), layout.ascii ? toASCII(table) : table];
  return [...parts, ...words.flatMap((text) => (text ? [wrapped(text, layout)] : []))].join("\n\n");
}

function has(rows: readonly BandComparison[], name: keyof BandComparison): boolean {
  return rows.some((row) => row[name] !== undefined);
}

function risks(rows: readonly BandComparison[]): number[] {
  return rows.flatMap(({ mean, theory, simulation }) => [mean, theory ?? mean, simulation ?? mean]);
}

function simulationText(results: readonly Result[]): string {
  const runs = results.flatMap(({ simulation, seeds }) => simulation.get(seeds[0]) ?? []);
  return runs.every(({ statistics }) => statistics.method === "dense") ? "dense run" : "simulation";
}

/** "37 %", with an arrow where the run lies outside the band. */
function placeText({ below, replicas, inside }: BandComparison): string {
  if (below === undefined) return "";
  const part = `${Math.round((100 * below) / replicas)} %`;
  return inside ? `${part}  ` : `${part} ${below > replicas / 2 ? "↑" : "↓"}`;
}

function zWords(rows: readonly BandComparison[], noun: string, name: TheoryName): string {
  const judged = rows.flatMap(({ z }) => z ?? []);
  const within = judged.filter((z) => Math.abs(z) <= 2).length;
  return (
    `z: (mean of ${noun} − ${name} from the same start), in standard errors of the mean. |z| ≤ 2 in ${within} of ${judged.length} rows. ` +
    (name === "ODE"
      ? "The ODE is the limit d → ∞: a bias of order 1/d is real, and many replicas resolve it."
      : "Each step of the mean map is exact; what fluctuations change in later ones, of order 1/d, is not in it.")
  );
}

function placeWords(rows: readonly BandComparison[], quantiles: readonly number[], noun: string, one: string): string {
  const judged = rows.filter(({ inside }) => inside !== undefined);
  const within = judged.filter(({ inside }) => inside).length;
  const [low, high] = [quantiles[0], quantiles[quantiles.length - 1]];
  const usual = Math.round(100 * (high - low));
  return (
    `${noun} below: how many of them lie below the ${one}. It is within ${bandText([low, high])} in ${within} of ${judged.length} rows, where ` +
    `${usual} in 100 of the ${noun} do (↑ above, ↓ below it). Rows of one run are ` +
    `correlated${rows.some(({ place }) => place !== rows[0].place) ? ", and so are problems, since runs of one seed share random numbers" : ""}.`
  );
}
