/** `sgd-dynamics classify`: a network beside simple classifiers along its training, or the information in given predictions. */
import { Option } from "commander";
import { type ClassificationResult, runClassification } from "../../classify/index.js";
import { chartOf } from "../classify/chart.js";
import { arraysOf, columnsOf, recordValue } from "../classify/content.js";
import { type ExperimentFlags, readClassification, runnable, shippedClassifications } from "../classify/experiment.js";
import { addInformation, type InformationFlags, informationCommand } from "../classify/information.js";
import { TASKS } from "../classify/task-schema.js";
import { curvesText, openingOf, phasesText, warningsOf } from "../classify/text.js";
import { count, number, numbers, type Register } from "../command.js";
import { dataOption } from "../papers/data.js";
import { addOutput, type OutputOptions, show } from "../show.js";
import { INTERRUPTED, type Terminal } from "../terminal.js";

type Flags = ExperimentFlags & OutputOptions & InformationFlags;

/** What runs without a name, where the package has it. */
const DEFAULT = "nakkiran-2019-disc";

const STAGES = { fitting: "simple classifiers", "random-labels": "random labels", training: "network" } as const;

export const registerClassify: Register = (program, terminal, run) => {
  const names = shippedClassifications();
  const inExperiment = "Experiment (these replace what its file says):";
  const command = program
    .command("classify")
    .description("train a network beside simple classifiers: how much of its performance each explains, step by step")
    .argument(
      "[experiment]",
      `file of a classification experiment or a result of this command${names.length > 0 ? `, or one of the package: ${names.join(", ")}` : ""}`,
    );
  const options = [
    new Option("--task <kind>", "what is classified").choices(
      TASKS.filter((kind) => kind !== "csv" && kind !== "idx" && kind !== "polynomial"),
    ),
    new Option("--csv <file>", "a table with the label last, gzip too; every third row is for the test"),
    new Option("--idx <folder>", "a folder with the four files of MNIST's format, gzip too"),
    new Option("--data <folder>", dataOption),
    new Option(
      "--groups <labels>",
      'labels that make a class each, as "0,1,2/3,4,5", first-against-last or even-against-odd',
    ),
    new Option("--layers <widths>", "of the network, the last the number of classes [128,128,classes]").argParser(
      numbers,
    ),
    new Option("--activation <name>", "of its hidden layers [relu]").choices(["relu", "erf", "tanh", "linear"]),
    new Option("--start <kind>", "of its weights [he]").choices(["he", "glorot", "torch"]),
    new Option("--learning-rate <rate>", "[0.05]").argParser(number),
    new Option("--batch-size <n>", "[32]").argParser(count),
    new Option("--epochs <n>", "[40]").argParser(count),
    new Option("--momentum <m>", "[0]").argParser(number),
    new Option("--l2 <value>", "of the network's weights [0]").argParser(number),
    new Option(
      "--adversarial <copies>",
      "first fit random labels on so many copies of the training set, and start from there; 0: start at random weights",
    ).argParser(number),
    new Option("--degrees <list>", "of the simple classifiers' polynomials, commas between [1]").argParser(numbers),
    new Option("--simple-l2 <value>", "of the simple classifiers [0.001]").argParser(number),
    new Option("--evaluations <n>", "log-spaced steps to look at [24]").argParser(count),
    new Option("--seed <n>", "of the task, the start and the order of samples [1]").argParser(number),
    new Option("--seeds <n>", "how many, from the seed on: means and standard deviations").argParser(count),
  ];
  for (const option of options) command.addOption(option.helpGroup(inExperiment));
  addOutput(addInformation(command)).action((given: string | undefined, flags: Flags) =>
    run(() =>
      flags.information === undefined
        ? classifyCommand(given, flags, terminal)
        : informationCommand(given, flags, terminal),
    ),
  );
};

async function classifyCommand(given: string | undefined, flags: Flags, terminal: Terminal): Promise<number> {
  const byDefault = shippedClassifications().includes(DEFAULT) ? DEFAULT : undefined;
  const read = await readClassification(given, flags, byDefault);
  const { file } = read;
  let underWay = "";
  const { exitCode, run } = await show<ClassificationResult>(
    {
      opening: openingOf(file),
      compute: async ({ signal, onProgress }) => {
        const { experiment, read: readFile } = await runnable(read, flags.data);
        return runClassification(experiment, {
          read: readFile,
          signal,
          onProgress: ({ fraction, seed, stage }) => {
            underWay = `seed ${seed}, ${STAGES[stage]}`;
            onProgress({ fraction, time: fraction });
          },
        });
      },
      underWay: () => underWay,
      blocks: ({ runs }, layout) => [curvesText(runs, layout), phasesText(runs, layout)],
      closing: (result) => closing(result),
      content: ({ runs }) => ({
        columns: () => columnsOf(runs),
        arrays: () => arraysOf(file, runs),
        chart: chartOf(file, runs),
      }),
      value: (result) => recordValue(file, result),
      exitCode: ({ status }) => (terminal.signal.aborted ? INTERRUPTED : status === "completed" ? 0 : 1),
    },
    flags,
    terminal,
  );
  for (const sentence of warningsOf(run.runs)) terminal.note(sentence);
  return exitCode;
}

function closing({ status, runs }: ClassificationResult): { text: string; isGood: boolean } {
  if (status === "completed") {
    const steps = runs.reduce((sum, { training }) => sum + training.steps, 0);
    return { text: `${steps} steps of SGD`, isGood: true };
  }
  const sentences = runs.flatMap(({ seed, message }) => (message ? [`Seed ${seed}: ${message}`] : []));
  return { text: sentences.join("\n") || "The run was aborted before the training began.", isGood: false };
}
