/** `sgd-dynamics phase`: the phase diagram of (kappa, delta), measured. */
import { type PhaseDiagram, type PhaseDiagramOptions, phaseDiagram } from "../../index.js";
import { phaseDiagramMap, renderHeatMap } from "../../plot/index.js";
import { count, grid, number, numbers, type Register } from "../command.js";
import { phaseArrays, phaseBlocks, phaseColumns } from "../phase-text.js";
import { addOutput, given, type OutputOptions, show } from "../show.js";
import { INTERRUPTED, type Terminal } from "../terminal.js";

interface PhaseFlags extends OutputOptions {
  readonly kappa?: number[];
  readonly delta?: number[];
  readonly dimensions?: number[];
  readonly steps?: number;
  readonly widthFactor?: number;
  readonly learningRate?: number;
  readonly noiseVariance?: number;
  readonly excess?: number;
  readonly seed?: number;
  readonly workers?: number;
}

export const registerPhase: Register = (program, terminal, run) => {
  const command = program
    .command("phase")
    .alias("phase-diagram")
    .description("measure in which region of (kappa, delta) SGD is: p ~ d^kappa, gamma ~ d^-delta")
    .option("--kappa <grid>", "exponents of the width: from:to:count, or numbers with commas [0:0.6:16]", grid)
    .option("--delta <grid>", "exponents of the learning rate [-0.75:1:16]", grid)
    .option("--dimensions <list>", "values of d to choose from, commas between [10,20,50,...,1e20]", numbers)
    .option("--steps <n>", "steps of SGD that a cell may take [2e7]", number)
    .option("--width-factor <c>", "p = round(c d^kappa) [2]", number)
    .option("--learning-rate <gamma>", "gamma_0 [2]", number)
    .option("--noise-variance <Delta>", "of the labels [0.001]", number)
    .option("--excess <risk>", "excess risk that samples are counted to [0.05]", number)
    .option("--seed <n>", "of all runs [0]", number)
    .option("--workers <n>", "threads that simulate (the numbers do not depend on it) [one a core, at most 16]", count);
  addOutput(command).action((options: PhaseFlags) => run(() => phaseCommand(options, terminal)));
};

async function phaseCommand(flags: PhaseFlags, terminal: Terminal): Promise<number> {
  const { kappa = grid("0:0.6:16"), delta = grid("-0.75:1:16"), steps, workers } = flags;
  const { dimensions, widthFactor, learningRate, noiseVariance, excess, seed } = flags;
  const settings = { dimensions, widthFactor, learningRate, noiseVariance, excess, seed };
  const asked: PhaseDiagramOptions = given({ kappa, delta, stepsPerCell: steps, ...settings });
  const { exitCode } = await show<PhaseDiagram>(
    {
      opening: `Phase diagram of one-pass SGD: ${kappa.length} x ${delta.length} cells of (κ, δ).`,
      compute: (control) => phaseDiagram({ ...asked, ...given({ workers }), ...control }),
      underWay: (time) => `${time} cells`,
      blocks: phaseBlocks,
      closing: ({ message, cells }) => ({ text: message.replace(/\.$/, ""), isGood: cells.length > 0 }),
      content: (diagram) => ({
        columns: () => phaseColumns(diagram),
        arrays: () => phaseArrays(diagram),
        chart: undefined,
        ...(kappa.length > 1 && delta.length > 1 ? { figure: () => renderHeatMap(phaseDiagramMap(diagram)) } : {}),
      }),
      value: (diagram) => ({ options: asked, ...diagram }),
      exitCode: ({ status }) => (status === "aborted" ? INTERRUPTED : 0),
    },
    flags,
    terminal,
  );
  return exitCode;
}
