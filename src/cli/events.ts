/** Events of integrations as the command names, lists and draws them. */
import { InvalidArgumentError } from "commander";
import type { EventInput, TrajectoryEvent } from "../index.js";
import { type Row, type Rule, type TableColumn, terminalTable, toASCII } from "../plot/index.js";
import { placeCells, riskStyle, TIME } from "./experiment/report.js";
import type { Result } from "./experiment/runner.js";
import { type Layout, numberText, symbolOf, wrapped } from "./labels.js";
import { startDependsOnSeed } from "./start.js";

/** An event as the library takes it, with no function of the caller's. */
export type GivenEvent = Exclude<EventInput, string | { value: unknown }>;

const ALLOWED = `leave-plateau, specialised, steady-state, steady-state=TOLERANCE or risk=THRESHOLD, with commas between.`;

/** Adds a flag's events to those of the same flag before it. */
export function eventList(text: string, before: readonly GivenEvent[] = []): GivenEvent[] {
  return [...before, ...text.split(",").map(eventOf)];
}

/** "specialised", "steady-state=1e-9", "risk=1e-6" (or "risk<1e-6", which a shell wants in quotes). */
function eventOf(text: string): GivenEvent {
  const [, name, sign, number] = /^([a-z-]+)\s*(?:([=<:])\s*(.*))?$/.exec(text.trim()) ?? [];
  const value = Number(number);
  const isNumber = number?.trim() !== "" && value > 0 && value < Number.POSITIVE_INFINITY;
  if (name === "risk" && isNumber) return named({ risk: value });
  if (name === "steady-state" && sign === "=" && isNumber) return { name, tolerance: value };
  if (name === "steady-state" && !sign) return { name };
  if ((name === "leave-plateau" || name === "specialised") && !sign) return { name };
  throw new InvalidArgumentError(`Allowed: ${ALLOWED}`);
}

/** A threshold of the risk bears it in its name, so that several are told apart. */
export function named<T extends GivenEvent>(event: T): T {
  return "risk" in event && event.name === undefined
    ? { ...event, name: `risk < ${numberText(event.risk).replace("−", "-")}` }
    : event;
}

/** The name that a result lists an event under. */
export function nameOf(event: GivenEvent | string): string {
  return typeof event === "string" ? event : (event.name ?? "risk");
}

/** Where events are in a figure. */
export function rulesOf(events: readonly TrajectoryEvent[]): Rule[] {
  return events.map(({ name, time }) => ({ x: time, label: name }));
}

/** The table of events, and which of those asked for did not come. */
export function eventsText(events: readonly TrajectoryEvent[], asked: readonly string[], layout: Layout): string {
  const missing = asked.filter((name) => !events.some((event) => event.name === name));
  return joined(
    events.map((event) => ({ ...event })),
    eventColumns(events),
    missing,
    layout,
  );
}

/** The same of every curve of theory of an experiment. */
export function allEventsText(results: readonly Result[], asked: readonly string[], layout: Layout): string {
  const runs = results.flatMap(({ point, theory }) => {
    const own = startDependsOnSeed(point.problem) ? [...theory] : [...theory].slice(0, 1);
    return own.map(([seed, { events }]) => ({ point, seed, events, isOne: own.length === 1 }));
  });
  const rows = runs.flatMap(({ point, seed, events }) =>
    events.map((event) => ({ place: point.place, seed, ...event })),
  );
  const missing = asked.flatMap((name) => {
    const without = runs.filter(({ events }) => !events.some((event) => event.name === name));
    if (without.length === 0) return [];
    if (without.length === runs.length) return [name];
    const places = without.map(({ point, seed, isOne }) =>
      [point.label, isOne ? "" : `seed ${seed}`].filter(Boolean).join(", "),
    );
    return [`${name} at ${places.slice(0, 6).join("; ")}${places.length > 6 ? "; ..." : ""}`];
  });
  const several = runs.some(({ isOne }) => !isOne);
  const columns = [
    ...(runs[0]?.point.place ?? []).map(({ path }) => ({ key: path, title: symbolOf(path) })),
    ...(several ? [{ key: "seed" }] : []),
    ...eventColumns(rows),
  ];
  return joined(placeCells(rows), columns, missing, layout);
}

function eventColumns(events: readonly { readonly risk: number }[]): TableColumn[] {
  return [
    { key: "name", title: "event" },
    { ...TIME, format: (t: unknown) => numberText(Number((t as number).toPrecision(6))) },
    { key: "risk", title: "excess risk", ...riskStyle(events.map(({ risk }) => risk)) },
  ];
}

function joined(
  rows: readonly Row[],
  columns: readonly TableColumn[],
  missing: readonly string[],
  layout: Layout,
): string {
  const table = terminalTable(rows, columns, layout);
  const parts = [
    ...(rows.length > 0 ? [layout.ascii ? toASCII(table) : table] : []),
    ...(missing.length > 0 ? [wrapped(`Not met: ${missing.join(", ")}.`, layout)] : []),
  ];
  return parts.join("\n\n");
}
