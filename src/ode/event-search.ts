/** Finds the events of an integration, step by step, on its dense output. */

import type { TrajectoryEvent } from "../trajectory.js";
import { stateWithin } from "./dense-output.js";
import type { Event, EventPoint } from "./events.js";

/** A terminal event, and the state there. */
export interface Found {
  readonly name: string;
  readonly time: number;
  readonly y: Float64Array;
}

/** Parts of a step at whose ends signs are compared: what comes and goes within one is not seen. */
const PARTS = 2;

export class EventSearch {
  readonly found: TrajectoryEvent[] = [];
  readonly #events: readonly Event[];
  readonly #pointAt: (time: number, y: Float64Array) => EventPoint;
  #values: number[] = [];

  constructor(events: readonly Event[], pointAt: (time: number, y: Float64Array) => EventPoint) {
    this.#events = events;
    this.#pointAt = pointAt;
  }

  /** Looks at the start, where conditions that hold are events. @returns a terminal one */
  start(y0: Float64Array): Found | undefined {
    if (this.#events.length === 0) return undefined;
    const point = this.#pointAt(0, y0);
    this.#values = this.#events.map((event) => event.value(point));
    const holding = this.#events.filter(({ holds }, i) => holds && this.#values[i] > 0);
    return this.#note(holding.map((event) => ({ event, point })));
  }

  /** Goes over the step of a record, which ended at `tNew`, up to a terminal event. @returns that */
  step(record: Float64Array, tNew: number): Found | undefined {
    const [t, h] = record;
    const size = (record.length - 2) / 5;
    // t + h may miss tNew by a rounding
    const at = (s: number) =>
      this.#pointAt(s === 1 ? tNew : Math.min(t + s * h, tNew), stateWithin(record, size, 0, s));
    for (let part = 0; part < PARTS; part++) {
      const [from, to] = [part / PARTS, (part + 1) / PARTS];
      const end = at(to);
      const before = this.#values;
      const after = this.#events.map((event) => event.value(end));
      this.#values = after;
      const hits = this.#events.flatMap((event, i) => {
        if (!crosses(event, before[i], after[i])) return [];
        return [{ event, s: zero((s) => event.value(at(s)), from, to, before[i], after[i]) }];
      });
      hits.sort((x, y) => x.s - y.s);
      const terminal = this.#note(hits.map(({ event, s }) => ({ event, point: at(s) })));
      if (terminal) return terminal;
    }
    return undefined;
  }

  /** Notes events in the order of time, up to a terminal one. */
  #note(hits: readonly { event: Event; point: EventPoint }[]): Found | undefined {
    for (const { event, point } of hits) {
      const { name, terminal } = event;
      const { time, y, state } = point;
      this.found.push({ name, time, risk: state.risk });
      if (terminal) return { name, time, y };
    }
    return undefined;
  }
}

function crosses({ direction }: Event, before: number, after: number): boolean {
  const rises = before < 0 && after >= 0;
  const falls = before > 0 && after <= 0;
  return direction === "rising" ? rises : direction === "falling" ? falls : rises || falls;
}

/**
 * A zero of f between a and b, where its signs differ, to the last bits: Chandrupatla's method (Advances in Engineering Software 28, 1997),
 * inverse quadratic interpolation where that is safe and bisection where not.
 */
export function zero(f: (x: number) => number, a: number, b: number, fa: number, fb: number): number {
  if (fa === 0) return a;
  if (fb === 0) return b;
  // the bracket is x1 (the newest) and x2
  let [x1, f1, x2, f2] = [b, fb, a, fa];
  let part = 0.5;
  for (let i = 0; i < 200; i++) {
    const x = x1 + part * (x2 - x1);
    const fx = f(x);
    const isSameSide = Math.sign(fx) === Math.sign(f1);
    const [x3, f3] = isSameSide ? [x1, f1] : [x2, f2];
    if (!isSameSide) [x2, f2] = [x1, f1];
    [x1, f1] = [x, fx];
    const best = Math.abs(f2) < Math.abs(f1) ? x2 : x1;
    const least = (2 ** -51 * Math.abs(best) + 1e-300) / Math.abs(x2 - x1);
    if (f1 === 0 || f2 === 0 || !(least <= 0.5)) return best;
    const xi = (x1 - x2) / (x3 - x2);
    const phi = (f1 - f2) / (f3 - f2);
    const isSafe = phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi;
    const quadratic =
      (f1 / (f2 - f1)) * (f3 / (f2 - f3)) + ((x3 - x1) / (x2 - x1)) * (f1 / (f3 - f1)) * (f2 / (f3 - f2));
    part = Math.min(1 - least, Math.max(least, isSafe ? quadratic : 0.5));
  }
  return x1;
}
