/** The phase diagram, 16 x 16 exponents at the default budget: seconds of the whole, and how many of its cells runs could measure. */
import { availableParallelism } from "node:os";
import { summaryOf } from "./measure.mjs";

const CELLS = 16;
/** Seconds on two cores of issue 5. */
const AT_MOST = 300;
const THREADS = 2;

export async function phase({ library, wanted }) {
  const name = `phaseDiagram ${CELLS} x ${CELLS}`;
  if (!wanted(name)) return [];
  const grid = (from, to) => Array.from({ length: CELLS }, (_, i) => from + ((to - from) * i) / (CELLS - 1));
  const threads = Math.min(THREADS, availableParallelism());
  const start = performance.now();
  const { cells } = await library.phaseDiagram({ kappa: grid(0, 0.6), delta: grid(-0.75, 1), workers: threads });
  const seconds = (performance.now() - start) / 1e3;
  const count = (of) => cells.filter((cell) => of(cell).status === "measured").length;
  // those that theory says have a power
  const defined = cells.filter(({ risk }) => risk.status !== "undefined").length;
  const note =
    `${threads} threads; measured: ${count((cell) => cell)} of ${cells.length} regions and finite-size errors, ` +
    `${count(({ risk }) => risk)} of ${defined} floors, ${count(({ samples }) => samples)} of ${defined} counts of samples`;
  return [{ name, note, unit: "s", target: { atMost: AT_MOST }, ...summaryOf([seconds]) }];
}
