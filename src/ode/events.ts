/** Events of an integration: functions of the state whose zeros are located. */
import { shown } from "../errors.js";
import { checkKeys, checkNumber, checkOneOf, invalid } from "../options.js";
import type { State } from "../row.js";

/** Which zeros count: of values that grow through 0, that fall through it, or both. */
export type EventDirection = "rising" | "falling" | "either";

/**
 * - "leave-plateau": the students part. D rises through 0.1, where D^2 = sum_ir (m_ir - m_r)^2 / sum_ir m_ir^2, m_ir = sgn(a_i) M_ir and
 *   m_r is its mean over students: the part of the overlaps that is outside the symmetric subspace, in which no student prefers a teacher
 *   more than the others do (THEORY E.1). At a random start D is of order 1: only where it comes back does it count.
 * - "specialised": each teacher has exactly one student with |M_ir| > 0.9 sqrt(P_rr Q_ii).
 * - "steady-state": no derivative is larger, per unit of time, than `tolerance` (default: the run's rtol) times the largest overlap, of a
 *   the largest second-layer weight. A plateau that is left slowly enough passes for one.
 */
export type NamedEvent = "leave-plateau" | "specialised" | "steady-state";

export interface EventOptions {
  /** Whether the run ends there, with a row of that time; default false. */
  readonly terminal?: boolean;
}

/**
 * Any function of the state; the state's arrays are the caller's own copies. Signs are compared at both ends and in the middle of each
 * step of the run: what comes and goes in between is not seen (steps of late times are long). A value of 0 at the start is no event.
 */
export interface EventFunction extends EventOptions {
  readonly name: string;
  readonly value: (state: State, time: number) => number;
  /** Default "either". */
  readonly direction?: EventDirection;
}

export type EventInput =
  | NamedEvent
  | (EventOptions & { readonly name: "leave-plateau" | "specialised" })
  | (EventOptions & { readonly name: "steady-state"; readonly tolerance?: number })
  /** The excess risk falls to a threshold; its name is "risk" unless given. */
  | (EventOptions & { readonly risk: number; readonly name?: string })
  | EventFunction;

/** A state on the way, and its derivative where an event asks. */
export interface EventPoint {
  readonly time: number;
  /** The state in a row's layout. */
  readonly y: Float64Array;
  readonly state: State;
  /** dM, dQ and da/dt. */
  readonly derivative: Pick<State, "M" | "Q" | "a">;
}

/** An event as the search takes it. */
export interface Event {
  readonly name: string;
  readonly terminal: boolean;
  readonly direction: EventDirection;
  /** Whether a value above 0 at the start is an event of its time: the value is above 0 where a condition holds. */
  readonly holds: boolean;
  readonly value: (point: EventPoint) => number;
}

const PLATEAU = 0.1;
const SPECIALISED = 0.9;
const NAMED = ["leave-plateau", "specialised", "steady-state"] as const;
const ALLOWED = `${NAMED.map((name) => `"${name}"`).join(", ")}, { risk: threshold } or { name, value: (state, time) => number }`;

/** The events of an option, checked. */
export function eventsOf(given: unknown, rtol: number): Event[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) invalid(`events is ${shown(given)}; allowed: an array of ${ALLOWED}.`);
  return given.map((event, i) => eventOf(`events[${i}]`, event, rtol));
}

function eventOf(where: string, given: unknown, rtol: number): Event {
  if (typeof given === "string") return named(where, { name: checkOneOf(where, given, NAMED) }, rtol);
  if (typeof given !== "object" || given === null) invalid(`${where} is ${shown(given)}; allowed: ${ALLOWED}.`);
  const { terminal = false, name } = given as { terminal?: unknown; name?: unknown };
  if (typeof terminal !== "boolean") invalid(`${where}.terminal is ${shown(terminal)}; allowed: true or false.`);
  const common = { ...given, terminal };
  if ("risk" in common) return riskBelow(where, common);
  if ("value" in common) return ofFunction(where, common);
  const known = NAMED.find((one) => one === name);
  if (!known) invalid(`${where} is ${shown(given)}; allowed: ${ALLOWED}.`);
  return named(where, { ...common, name: known }, rtol);
}

function named(
  where: string,
  given: { name: NamedEvent; terminal?: boolean; tolerance?: unknown },
  rtol: number,
): Event {
  const { name, terminal = false } = given;
  const event = { name, terminal, direction: "rising" } as const;
  if (name === "steady-state") {
    checkKeys(where, given, ["name", "terminal", "tolerance"], "key");
    const tolerance = checkPositive(`${where}.tolerance`, given.tolerance ?? rtol);
    return { ...event, holds: true, value: (point) => tolerance - relativeSpeed(point) };
  }
  checkKeys(where, given, ["name", "terminal"], "key");
  return name === "specialised"
    ? { ...event, holds: true, value: ({ state }) => specialisation(state) }
    : { ...event, holds: false, value: ({ state }) => asymmetry(state) - PLATEAU };
}

function riskBelow(where: string, given: { risk: unknown; name?: unknown; terminal: boolean }): Event {
  checkKeys(where, given, ["risk", "name", "terminal"], "key");
  const threshold = checkPositive(`${where}.risk`, given.risk);
  const name = checkName(where, given.name ?? "risk");
  const value = ({ state }: EventPoint) => threshold - state.risk;
  return { name, terminal: given.terminal, direction: "rising", holds: true, value };
}

function ofFunction(where: string, given: object & { terminal: boolean }): Event {
  checkKeys(where, given, ["name", "value", "direction", "terminal"], "key");
  const {
    name,
    value,
    direction = "either",
    terminal,
  } = given as Omit<EventFunction, "terminal"> & {
    terminal: boolean;
  };
  if (typeof value !== "function") invalid(`${where}.value is ${shown(value)}; allowed: (state, time) => number.`);
  return {
    name: checkName(where, name),
    terminal,
    direction: checkOneOf(`${where}.direction`, direction, ["rising", "falling", "either"]),
    holds: false,
    value: ({ state, time }) => {
      const result: unknown = value(copied(state), time);
      if (typeof result !== "number" || Number.isNaN(result))
        invalid(`${where}.value gave ${shown(result)} at t = ${time}; allowed: a number.`);
      return result;
    },
  };
}

function checkName(where: string, name: unknown): string {
  if (typeof name !== "string" || name === "") invalid(`${where}.name is ${shown(name)}; allowed: a text.`);
  return name;
}

function checkPositive(where: string, value: unknown): number {
  return checkNumber(where, value, "a number above 0", (x) => x > 0 && x < Number.POSITIVE_INFINITY);
}

/** The risk is computed when asked for. */
function copied(state: State): State {
  const { P, M, Q, a, aStar } = state;
  return {
    P: P.slice(),
    M: M.slice(),
    Q: Q.slice(),
    a: a.slice(),
    aStar: aStar.slice(),
    get risk() {
      return state.risk;
    },
  };
}

/** D of "leave-plateau". */
function asymmetry({ P, M, a }: State): number {
  const k = Math.sqrt(P.length);
  const p = a.length;
  const sign = (i: number) => (a[i] < 0 ? -1 : 1);
  let outside = 0;
  let whole = 0;
  for (let r = 0; r < k; r++) {
    let mean = 0;
    for (let i = 0; i < p; i++) mean += (sign(i) * M[i * k + r]) / p;
    for (let i = 0; i < p; i++) {
      const m = sign(i) * M[i * k + r];
      outside += (m - mean) * (m - mean);
      whole += m * m;
    }
  }
  return whole > 0 ? Math.sqrt(outside / whole) : 0;
}

/** Above 0 where each teacher has exactly one student with an overlap beyond the threshold. */
function specialisation({ P, M, Q, a }: State): number {
  const k = Math.sqrt(P.length);
  const p = a.length;
  let least = 1;
  for (let r = 0; r < k; r++) {
    let first = 0;
    let second = 0;
    for (let i = 0; i < p; i++) {
      const norms = P[r * k + r] * Q[i * p + i];
      const overlap = norms > 0 ? Math.abs(M[i * k + r]) / Math.sqrt(norms) : 0;
      second = Math.max(second, Math.min(first, overlap));
      first = Math.max(first, overlap);
    }
    least = Math.min(least, first - SPECIALISED, SPECIALISED - second);
  }
  return least;
}

/** The largest derivative as a part of the largest number of its kind. */
function relativeSpeed({ state: { P, M, Q, a, aStar }, derivative }: EventPoint): number {
  const largest = (...parts: Float64Array[]) =>
    Math.max(...parts.map((x) => x.reduce((m, v) => Math.max(m, Math.abs(v)), 0)));
  const layer = largest(derivative.M, derivative.Q) / largest(P, M, Q);
  const second = largest(derivative.a);
  return second > 0 ? Math.max(layer, second / largest(a, aStar)) : layer;
}
