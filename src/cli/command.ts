/** What every command has in common. */
import { type Command, InvalidArgumentError } from "commander";
import { SgdDynamicsError, type Status } from "../index.js";
import { INTERRUPTED, type Terminal } from "./terminal.js";

/** A file of `commands/`: adds its command to the program; its action resolves with the exit code. */
export type Register = (
  program: Command,
  terminal: Terminal,
  run: (action: () => Promise<number>) => Promise<void>,
) => void;

/** 0 for a run that went to its end, 130 for one that Ctrl-C ended, 1 for the rest (diverged, out of steps). */
export function exitCodeOf(statuses: readonly Status[], aborted: boolean): number {
  if (aborted) return INTERRUPTED;
  return statuses.every((status) => status === "completed" || status === "event") ? 0 : 1;
}

/** A flag's number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw new InvalidArgumentError("Allowed: a number.");
  return value;
}

/** A flag's whole number above 0. */
export function count(text: string): number {
  const value = number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("Allowed: a whole number above 0.");
  return value;
}

/** Comma-separated numbers. */
export function numbers(text: string): number[] {
  return text.split(",").map(number);
}

/** Comma-separated numbers, or "from:to:count", equally far apart. */
export function grid(text: string): number[] {
  if (!text.includes(":")) return numbers(text);
  const parts = text.split(":");
  const [from, to, points] = parts.map(number);
  if (parts.length !== 3 || !Number.isInteger(points) || points < 2)
    throw new InvalidArgumentError(
      "Allowed: numbers with commas between, or from:to:count with a count of at least 2.",
    );
  const at = (i: number) => (from * (points - 1 - i) + to * i) / (points - 1);
  // what a reader would write: -0.2, not -0.19999999999999998
  return Array.from({ length: points }, (_, i) => Number(at(i).toFixed(12)));
}

/** Increasing parts of a whole. */
export function quantileList(text: string): number[] {
  const list = numbers(text);
  const increasing = list.every((q, i) => q >= 0 && q <= 1 && (i === 0 || q > list[i - 1]));
  if (!increasing) throw new InvalidArgumentError("Allowed: increasing numbers from 0 to 1, with commas between.");
  return list;
}

/** A list of words of a set, comma-separated. */
export function wordsOf<T extends string>(allowed: readonly T[]): (text: string) => T[] {
  return (text) => {
    const words = text.split(",").map((word) => word.trim());
    const wrong = words.find((word) => !allowed.includes(word as T));
    if (wrong !== undefined) throw new InvalidArgumentError(`Allowed: ${allowed.join(", ")}, with commas between.`);
    return words as T[];
  };
}

/** Problems of the call, in contrast to failures of the machine: exit code 2. */
const USAGE = new Set([
  "invalid-problem",
  "invalid-argument",
  "not-positive-semidefinite",
  "unsupported",
  "invalid-experiment",
  "invalid-data",
  "malformed-data",
  "unreadable-file",
  "snapshot-mismatch",
]);

export function exitCodeOfError(error: unknown): number {
  return error instanceof SgdDynamicsError && USAGE.has(error.code) ? 2 : 1;
}
