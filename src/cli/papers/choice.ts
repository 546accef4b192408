/** Which papers a command is about, and how far it has come with them. */
import { SgdDynamicsError, shown } from "../../index.js";
import { type DataNeed, type Paper, type PaperControl, papers } from "../../papers/index.js";
import { progressDisplay } from "../progress.js";
import type { Terminal } from "../terminal.js";
import { type DataFiles, missingData } from "./data.js";

/**
 * The paper of a name, or all.
 * @throws SgdDynamicsError `invalid-argument`
 */
export function chosenPapers(name: string | undefined): readonly Paper[] {
  if (name === undefined) return papers;
  const found = papers.find((paper) => paper.name === name);
  if (found) return [found];
  throw unknown("paper", name, paperNames());
}

export function paperNames(): string[] {
  return papers.map(({ name }) => name);
}

/** A piece of work of a paper: a figure, a claim. */
export interface Item<T> {
  readonly paper: Paper;
  readonly name: string;
  readonly seconds: number;
  readonly work: T;
  /** Why it cannot be done here: data that are not there. */
  readonly skipped?: string;
}

/**
 * Those items whose names were asked for, or all.
 * @throws SgdDynamicsError `invalid-argument` for names that there are not
 */
export function chosenItems<T>(
  what: string,
  items: readonly Item<T>[],
  names: readonly string[] | undefined,
): readonly Item<T>[] {
  if (!names) return items;
  for (const name of names) {
    if (!items.some((item) => item.name === name))
      throw unknown(
        what,
        name,
        items.map((item) => item.name),
      );
  }
  return items.filter(({ name }) => names.includes(name));
}

/** Items whose data are not there say so, and have no share of the time. */
export function withSkipped<T extends { readonly needs?: DataNeed }>(
  items: readonly Item<T>[],
  files: DataFiles,
): Promise<readonly Item<T>[]> {
  return Promise.all(
    items.map(async (item) => {
      const skipped = await missingData(item.work.needs, files);
      return skipped === undefined ? item : { ...item, seconds: 0, skipped };
    }),
  );
}

/**
 * One item after the other, under one bar of progress, until all are done or the terminal's signal is aborted.
 * @param each does the work; what it resolves with prints, once the bar is gone
 */
export async function oneAfterTheOther<T>(
  items: readonly Item<T>[],
  terminal: Terminal,
  each: (item: Item<T>, control: PaperControl) => Promise<(() => void) | undefined>,
): Promise<void> {
  const total = items.reduce((sum, { seconds }) => sum + seconds, 0);
  const began = performance.now();
  let done = 0;
  for (const item of items) {
    if (terminal.signal.aborted) return;
    // a display of its own each: what is printed between them stays
    const progress = progressDisplay(terminal, began);
    const tell = (fraction: number) =>
      progress.update(total > 0 ? (done + fraction * item.seconds) / total : 1, `${item.paper.title}: ${item.name}`);
    let print: (() => void) | undefined;
    try {
      tell(0);
      print = await each(item, { signal: terminal.signal, onProgress: tell });
    } finally {
      progress.end();
    }
    print?.();
    done += item.seconds;
  }
}

function unknown(what: string, name: string, allowed: readonly string[]): SgdDynamicsError {
  return new SgdDynamicsError(
    "invalid-argument",
    `There is no ${what} ${shown(name)}; allowed: ${allowed.join(", ")}.`,
  );
}
