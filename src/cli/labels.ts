/** How a problem is written for a person: the field's symbols, few words. */
import type { Problem, Schedule } from "../index.js";
import { toASCII } from "../plot/index.js";

/** Symbols of fields, as papers write them and as ASCII. */
const SYMBOLS: Readonly<Record<string, string>> = {
  inputDimension: "d",
  studentWidth: "p",
  teacherWidth: "k",
  learningRate: "γ",
  weightDecay: "κ",
  noiseVariance: "Δ",
  batchSize: "B",
  "secondLayer.learningRate": "γₐ",
  "secondLayer.weightDecay": "κ_a",
};

/** The symbol of a field, or its path where it has none. */
export function symbolOf(path: string): string {
  return SYMBOLS[path] ?? path;
}

/** "γ = 0.2": what a field is. */
export function fieldText(path: string, value: unknown): string {
  return `${symbolOf(path)} = ${valueText(value)}`;
}

/** A value of a field: numbers short, texts bare, activations and pairs in words, the rest as JSON. It need not be a right one. */
export function valueText(value: unknown): string {
  if (typeof value === "number") return numberText(value);
  if (typeof value === "string") return value;
  const { kind, slope, hermite, student, teacher } = Object(value);
  if (kind === "leaky-relu") return slope === undefined ? kind : `${kind} of slope ${valueText(slope)}`;
  if (Array.isArray(hermite)) return `Hermite series ${hermite.map(valueText).join(" ")}`;
  if (student !== undefined && teacher !== undefined)
    return `${valueText(student)} student, ${valueText(teacher)} teacher`;
  return JSON.stringify(value) ?? String(value);
}

/** The shortest of 0.001, 1e-5, 784, 1e20. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6))
    return value.toExponential().replace("e+", "e").replace("-", "−").replace("e-", "e−");
  return String(value).replace("-", "−");
}

/** How text is laid out on a terminal. */
export interface Layout {
  readonly width: number;
  readonly ascii?: boolean;
}

/** Lines of at most `width` characters, broken at blanks but not within "d = 500", one blank before each. */
export function wrapped(text: string, { width, ascii }: Layout): string {
  const lines = [""];
  for (const word of (ascii ? toASCII(text) : text).split(/(?<! [=≤→]) (?![=≤→] )/)) {
    const last = lines.length - 1;
    if (lines[last] !== "" && lines[last].length + word.length + 2 > width) lines.push(word);
    else lines[last] += (lines[last] && " ") + word;
  }
  return lines.map((line) => ` ${line}`).join("\n");
}

/** "d = 784, k = 2, γ = 0.2, Δ = 0.01, erf, first layer trained": a problem but for the fields that vary. */
export function describe(problem: Problem, varying: readonly string[] = []): string {
  const shows = (field: string) => !varying.some((path) => path === field || path.startsWith(`${field}.`));
  const number = (path: string, value: number | Schedule, usual?: number): string => {
    if (!shows(path) || value === usual) return "";
    return typeof value === "number"
      ? `${symbolOf(path)} = ${numberText(value)}`
      : `${symbolOf(path)}(t) on a schedule`;
  };
  const { activation, scaling, secondLayer, start, inputs, data } = problem;
  const second =
    secondLayer === "fixed"
      ? ["first layer trained"]
      : [
          "both layers trained",
          number("secondLayer.learningRate", secondLayer.learningRate),
          number("secondLayer.weightDecay", secondLayer.weightDecay, 0),
        ];
  const parts = [
    number("inputDimension", problem.inputDimension),
    number("studentWidth", problem.studentWidth),
    number("teacherWidth", problem.teacherWidth),
    number("learningRate", problem.learningRate),
    number("noiseVariance", problem.noiseVariance, 0),
    number("weightDecay", problem.weightDecay, 0),
    data === "online" || !shows("data") ? "" : dataText(data),
    isWhole(data) ? "" : number("batchSize", problem.batchSize, 1),
    shows("activation") ? valueText(activation) : "",
    shows("scaling")
      ? typeof scaling === "string"
        ? `${scaling} scaling`
        : `scaling ${scaling.student} and ${scaling.teacher}`
      : "",
    ...(shows("secondLayer") ? second : []),
    inputs === "gaussian" || !shows("inputs")
      ? ""
      : `inputs ${inputs === "sphere" ? "on the sphere" : "with a spectrum"}`,
    shows("start") ? startText(start) : "",
  ];
  return parts.filter(Boolean).join(", ");
}

/** What is simulated: "one-pass SGD", "SGD on a finite set". */
export function processText({ data }: Problem): string {
  if (data === "online") return "one-pass SGD";
  if (!isWhole(data)) return "SGD on a finite set";
  return data.order === "full-batch" ? "gradient descent on a finite set" : "gradient flow on a finite set";
}

/** A sentence's beginning. */
export function capitalised(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}

/** Whether every step takes the whole training set. */
function isWhole(data: Problem["data"]): boolean {
  return data !== "online" && (data.order === "full-batch" || data.order === "gradient-flow");
}

/** "n = 500 reshuffled". */
function dataText({ samples, order }: Exclude<Problem["data"], "online">): string {
  const words = {
    reshuffle: "reshuffled",
    cyclic: "cyclic",
    replace: "with replacement",
    "full-batch": "full-batch descent",
    "gradient-flow": "gradient flow",
  };
  return `n = ${numberText(samples)} ${words[order]}`;
}

function startText(start: Problem["start"]): string {
  if (start.kind === "state") return "given start";
  if (start.kind === "weights") return "given weights";
  const size =
    start.kind === "random"
      ? start.scale === 1
        ? ""
        : ` of scale ${numberText(start.scale)}`
      : start.perturbation
        ? ` perturbed by ${numberText(start.perturbation)}`
        : "";
  return `${start.kind} start${size}`;
}
