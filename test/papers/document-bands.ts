/** The bands of docs/EXPERIMENTS.md's table. */
import { readFile } from "node:fs/promises";

/** Rows [experiment, metric, lowest and highest mean of five seeds, lowest and highest seed] of the experiments of a letter, in the document's order and names. */
export async function documentBands(letter: "A" | "B"): Promise<(string | number)[][]> {
  const text = await readFile(new URL("../../docs/EXPERIMENTS.md", import.meta.url), "utf8");
  let name = "";
  return text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .flatMap(([, experiment, metric, , , ofMean, ofSeed]) => {
      name = experiment.split(" ")[0] || name;
      if (!new RegExp(`^${letter}\\d`).test(name)) return [];
      return [[name, metric, ...[...ofMean.split(" .. "), ...ofSeed.split(" .. ")].map(Number)]];
    });
}

/** Ours, in the same form. */
export function bandRows(
  bands: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>,
): (string | number)[][] {
  return Object.entries(bands).flatMap(([name, of]) =>
    Object.entries(of).map(([metric, band]) => [name, metric, ...band]),
  );
}
