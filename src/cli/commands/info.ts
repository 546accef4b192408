/** `sgd-dynamics info`: what this installation is and can do. */
import { Option } from "commander";
import { toJSON } from "../../formats/index.js";
import { shippedClassification, shippedClassifications } from "../classify/experiment.js";
import { CLASSIFICATION_SCHEMA, classificationJsonSchema } from "../classify/schema.js";
import type { Register } from "../command.js";
import { environment } from "../environment.js";
import { shippedExperiment, shippedExperiments } from "../experiment/experiment.js";
import { experimentJsonSchema, SCHEMA } from "../experiment/schema.js";
import { packageFile } from "../files.js";
import { FORMATS } from "../output.js";
import { missingForPNG } from "../png.js";
import type { Terminal } from "../terminal.js";

export const registerInfo: Register = (program, terminal, run) => {
  program
    .command("info")
    .description("versions, the core, formats, what can be drawn")
    .option("--json", "print it as JSON")
    .addOption(
      new Option(
        "--schema [kind]",
        "print the JSON Schema of experiment files instead, of run [experiment] or of classify",
      )
        .choices(["experiment", "classification"])
        .preset("experiment"),
    )
    .option("--experiment <name>", "print an experiment of the papers instead, to begin one of your own with")
    .action((options: Options) => run(() => infoCommand(options, terminal)));
};

interface Options {
  readonly json?: boolean;
  readonly schema?: "experiment" | "classification";
  readonly experiment?: string;
}

async function infoCommand({ json, schema: wantsSchema, experiment }: Options, terminal: Terminal): Promise<number> {
  if (wantsSchema) {
    terminal.print(
      JSON.stringify(wantsSchema === "experiment" ? experimentJsonSchema() : classificationJsonSchema(), null, 2),
    );
    return 0;
  }
  if (experiment !== undefined) {
    terminal.print(toJSON(printed(experiment)).trimEnd());
    return 0;
  }
  // the core is validated and instantiated here: an engine without SIMD fails with its sentence
  const made = await environment();
  const missing = await missingForPNG();
  const binary = packageFile("dist/sgd-dynamics.wasm");
  const experiments = shippedExperiments();
  const classifications = shippedClassifications();
  const schema = packageFile("dist/experiment.schema.json");
  const classificationSchema = packageFile("dist/classification.schema.json");
  const facts = {
    ...made,
    simd: true,
    wasm: { used: "inlined in the library", file: binary ?? null },
    formats: FORMATS.filter((format) => format !== "png" || !missing),
    png: missing ?? true,
    experiments,
    classifications,
    experimentSchema: schema ?? null,
    classificationSchema: classificationSchema ?? null,
  };
  if (json) {
    terminal.print(toJSON(facts).trimEnd());
    return 0;
  }
  const lines = [
    ["sgd-dynamics", made["sgd-dynamics"]],
    ["core", `${made.core} (equal cores give equal bits)`],
    ["WebAssembly", `inlined in the library, SIMD; the raw binary: ${binary ?? "not built"}`],
    ["engine", `Node ${made.node}, V8 ${made.v8}, ${made.platform}`],
    ["formats", facts.formats.map((format) => `.${format}`).join(" ")],
    ["PNG", missing ?? "yes, by @resvg/resvg-js"],
    ["experiments", experiments.join(", ")],
    ["their schema", schema ?? "not built"],
    ["classifications", classifications.join(", ") || "none"],
    ["their schema", classificationSchema ?? "not built"],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  for (const [name, text] of lines) terminal.print(` ${name.padEnd(width)}  ${text}`);
  return 0;
}

/** An experiment of either kind, as a file would hold it. */
function printed(name: string): object {
  if (!shippedClassifications().includes(name)) return { $schema: SCHEMA, ...shippedExperiment(name) };
  const { seconds: _, ...held } = shippedClassification(name);
  return { $schema: CLASSIFICATION_SCHEMA, ...held };
}
