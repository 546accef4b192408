/** What the schemas of experiment files have in common: fields with the sentence of what is allowed, and complaints. */
import * as z from "zod/mini";
import { SgdDynamicsError, shown } from "../index.js";
import { firstComplaint } from "../schema.js";

export function real(allowed: string, { above, min, max }: { above?: number; min?: number; max?: number } = {}) {
  const checks = [];
  if (above !== undefined) checks.push(z.gt(above, { error: allowed }));
  if (min !== undefined) checks.push(z.gte(min, { error: allowed }));
  if (max !== undefined) checks.push(z.lte(max, { error: allowed }));
  return z.number({ error: allowed }).check(...checks);
}

export const whole = (allowed: string, min: number, max: number) =>
  z.int({ error: allowed }).check(z.gte(min, { error: allowed }), z.lte(max, { error: allowed }));
export const text = (describe: string) => described(z.string({ error: "a text" }), describe);
export const described = <T extends z.ZodMiniType>(schema: T, description: string): T =>
  schema.check(z.describe(description)) as T;

export function bad(where: string, sentence: string): never {
  throw new SgdDynamicsError("invalid-experiment", `${where}: ${sentence}.`);
}

/**
 * An error that says which field of a file is wrong, and what is allowed.
 * @param strangerText what to say of a key that is not known, from the path of the object that has it
 */
export function complaint(
  value: unknown,
  issue: z.core.$ZodIssue,
  where: string,
  strangerText: (path: readonly PropertyKey[], key: string) => string,
): SgdDynamicsError {
  const { path, sentence, unknownKeys } = firstComplaint(issue);
  const at = pathText(path);
  if (unknownKeys.length > 0)
    return new SgdDynamicsError(
      "invalid-experiment",
      `${where}: ${at ? `${at} has ` : ""}unknown key ${shown(unknownKeys[0])}${strangerText(path, unknownKeys[0])}.`,
    );
  const given = path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
  const verb = given === undefined ? "is required" : `is ${shown(given)}`;
  return new SgdDynamicsError("invalid-experiment", `${where}: ${at} ${verb}; allowed: ${sentence}.`);
}

/** "vary.studentWidth[1]". */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text ? `${text}.${String(key)}` : String(key)),
    "",
  );
}
