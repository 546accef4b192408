/** Where a search for a fixed point begins: by name, or at the state that a file holds. */
import { existsSync } from "node:fs";
import { type FixedPointOptions, type NearName, SgdDynamicsError, type StateInput, shown } from "../../index.js";
import { readObject } from "../files.js";

const NEAR: readonly NearName[] = ["specialised", "denoising", "symmetric"];

/**
 * What `--near` says.
 * @throws SgdDynamicsError `invalid-argument`, `unreadable-file`
 */
export async function nearOf(text: string): Promise<FixedPointOptions["near"]> {
  const name = NEAR.find((one) => one === text);
  if (name) return name;
  if (!text.endsWith(".json") && !existsSync(text))
    throw new SgdDynamicsError(
      "invalid-argument",
      `--near is ${shown(text)}; allowed: ${NEAR.map((one) => `"${one}"`).join(", ")}, or a JSON file with a state or a result of this command.`,
    );
  const held = await readObject(text);
  const state = stateIn(held);
  if (state) return state;
  throw new SgdDynamicsError(
    "unreadable-file",
    `${text} holds no state; allowed: { P, M, Q, a, aStar }, or a JSON result of integrate, simulate or fixed-point.`,
  );
}

/** A state that stands alone or in a result; of a trajectory its last row. */
function stateIn(held: Record<string, unknown>): StateInput | undefined {
  const { P, state, columns, teacher, problem } = held;
  if (P !== undefined) return held as unknown as StateInput;
  if (isObject(state)) return state as unknown as StateInput;
  if (!isObject(columns) || !isObject(teacher) || !isObject(problem)) return undefined;
  const { studentWidth: p, teacherWidth: k } = problem as { studentWidth: number; teacherWidth: number };
  const last = (name: string) => {
    const values = columns[name];
    return Array.isArray(values) ? (values.at(-1) as number) : Number.NaN;
  };
  const row = (length: number, at: (i: number) => number) => Array.from({ length }, (_, i) => at(i + 1));
  const M = row(p, (i) => i).map((i) => row(k, (r) => last(`M_${i}_${r}`)));
  const Q = row(p, (i) => i).map((i) => row(p, (j) => last(`Q_${Math.min(i, j)}_${Math.max(i, j)}`)));
  const a = row(p, (i) => last(`a_${i}`));
  return Number.isFinite(M[0]?.[0]) ? ({ ...teacher, M, Q, a } as unknown as StateInput) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
