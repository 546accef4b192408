/** The figures of Veiga et al.: what scales how with d, and the phase diagram. */
import { phaseDiagram } from "../../index.js";
import { type HeatMap, phaseDiagramMap } from "../../plot/index.js";
import { type PaperControl, type PaperFigure, runControl } from "../paper.js";
import { collapse, samples } from "./curves.js";
import { errors, floor } from "./powers.js";

/** Steps of 0.1, so that the diagonal of cells on κ + δ = 0 is blue, and that on −1/2 red. */
const GRID = { kappa: [0, 6], delta: [-7, 10] };

/** The diagram itself, every cell from runs. */
async function diagram(control: PaperControl): Promise<HeatMap> {
  const tenths = ([from, to]: readonly number[]) => Array.from({ length: to - from + 1 }, (_, i) => (from + i) / 10);
  const options = { kappa: tenths(GRID.kappa), delta: tenths(GRID.delta), stepsPerCell: 6e6 };
  return phaseDiagramMap(await phaseDiagram({ ...options, ...runControl(control) }));
}

export const figures: readonly PaperFigure[] = [
  {
    name: "collapse",
    description:
      "Excess risk against time in four panels, one blue, two green, one orange: dots of SGD at several dimensions lie on the limiting ODE of their region.",
    seconds: 8,
    draw: (control = {}) => collapse(control),
  },
  {
    name: "finite-size",
    description:
      "Distances of SGD from its ODEs against the input dimension, up to 10²⁰: straight lines in double logarithms with the slopes of theory.",
    seconds: 3,
    inGallery: true,
    draw: (control = {}) => errors(control),
  },
  {
    name: "noise-floor",
    description: "The excess risk that label noise leaves, against the input dimension, on the lines of theory.",
    seconds: 7,
    draw: (control = {}) => floor(control),
  },
  {
    name: "samples",
    description:
      "Excess risk against the number of samples for several learning rates at dimension 1000: smaller ones take longer and end lower.",
    seconds: 10,
    draw: (control = {}) => samples(control),
  },
  {
    name: "diagram",
    description:
      "The phase diagram over the exponents of width and learning rate: measured regions, powers of the finite-size error, of the excess risk and of the samples.",
    seconds: 30,
    inGallery: true,
    draw: (control = {}) => diagram(control),
  },
];
