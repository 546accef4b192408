/** A problem from a file, from flags, or both: the flags are the fields of the problem's schema. */
import { type Command, Option } from "commander";
import { problem as checkedProblem, type Problem, type ProblemInput, SgdDynamicsError } from "../index.js";
import { fieldNames, firstComplaint, problemSchema } from "../schema.js";
import { readObject } from "./files.js";

/** Short flags of the fields that every problem needs. */
const SHORT: Readonly<Record<string, string>> = { inputDimension: "-d", studentWidth: "-p", teacherWidth: "-k" };

/** A field of the problem: what it may be, and what it is when left out. */
interface Field {
  readonly name: string;
  readonly allowed: string;
  readonly usual?: unknown;
}

/** The fields, from the schema itself: the sentence with which it turns down a value that no field takes. */
function fields(): Field[] {
  const least = { inputDimension: 1, studentWidth: 1, teacherWidth: 1 };
  const usual = checkedProblem(least) as unknown as Record<string, unknown>;
  return fieldNames.map((name) => {
    const { error } = problemSchema.safeParse({ ...least, [name]: null });
    return {
      name,
      allowed: error ? firstComplaint(error.issues[0]).sentence : "",
      ...(name in least ? {} : { usual: usual[name] }),
    };
  });
}

/** Adds the problem's file and flags to a command. */
export function addProblem(command: Command): Command {
  command.argument("[problem.json]", "file with the problem, or a result of this command");
  for (const { name, allowed, usual } of fields()) {
    const short = SHORT[name] ? `${SHORT[name]}, ` : "";
    const brief = name === "activation" ? "; in short leaky-relu:0.1, hermite:0,1,0.5" : "";
    const tail = usual === undefined ? "" : ` [${typeof usual === "string" ? usual : JSON.stringify(usual)}]`;
    command.addOption(
      new Option(`${short}${flagOf(name)} <value>`, `${allowed}${brief}${tail}`)
        .argParser(name === "activation" ? parsedActivation : parsed)
        .helpGroup("Problem (values as in JSON; they replace those of the file):"),
    );
  }
  return command;
}

/** "--input-dimension". */
function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A value as JSON has it; a bare word is a text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A value, or in short "leaky-relu:0.1" and "hermite:0,1,0.5". */
function parsedActivation(text: string): unknown {
  const [, name, values] = /^(leaky-relu|hermite):(.*)$/.exec(text) ?? [];
  if (name === "leaky-relu") return { kind: name, slope: parsed(values) };
  return name ? { hermite: values.split(",").map(parsed) } : parsed(text);
}

/**
 * The problem that a command was given.
 * @throws SgdDynamicsError `unreadable-file`, `invalid-problem`, said of the flag where a flag is wrong
 */
export async function problemFrom(
  path: string | undefined,
  options: Readonly<Record<string, unknown>>,
): Promise<Problem> {
  const flags = Object.fromEntries(
    fieldNames.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
  const held = path === undefined ? {} : await readObject(path);
  // a result that --out wrote as JSON holds its problem
  const base = typeof held.problem === "object" && held.problem !== null ? held.problem : held;
  try {
    return checkedProblem({ ...base, ...flags } as object as ProblemInput);
  } catch (cause) {
    if (!(cause instanceof SgdDynamicsError)) throw cause;
    const field = /^problem\.(\w+)/.exec(cause.message)?.[1] ?? "";
    const ofFlag = field in flags || (path === undefined && fieldNames.includes(field));
    const message = ofFlag
      ? flagOf(field) + cause.message.slice(`problem.${field}`.length)
      : path === undefined
        ? cause.message
        : `${path}: ${cause.message}`;
    throw new SgdDynamicsError(cause.code, message, { cause });
  }
}
