/** Progress of long work: a bar on a terminal, elsewhere a plain line every few seconds. */
import { SingleBar } from "cli-progress";
import type { Terminal } from "./terminal.js";

/** Seconds between two plain lines, and before the first. */
const PLAIN_SECONDS = 5;

export interface ProgressDisplay {
  /** Part done, 0 to 1, and what is under way. */
  update(fraction: number, text: string): void;
  /** Takes the bar away; call it before printing, whatever happened. */
  end(): void;
}

/** @param began when the work that is shown began, on the clock of `performance.now()`: where a display takes up that of another */
export function progressDisplay(
  terminal: Pick<Terminal, "bar" | "note">,
  began: number = performance.now(),
): ProgressDisplay {
  return terminal.bar ? bar(terminal.bar, began) : plainLines(terminal, began);
}

function bar(stream: NodeJS.WritableStream, began: number): ProgressDisplay {
  const single = new SingleBar({
    format: " {bar} {percentage} %  {left}{text}",
    stream,
    barCompleteChar: "━",
    barIncompleteChar: "╌",
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    // its own handlers of signals would end the process before results are written
    gracefulExit: false,
  });
  single.start(1, 0, { text: "", left: "" });
  return {
    update: (fraction, text) => single.update(fraction, { text, left: withComma(left(fraction, seconds(began))) }),
    end: () => single.stop(),
  };
}

function plainLines({ note }: Pick<Terminal, "note">, began: number): ProgressDisplay {
  let told = performance.now();
  return {
    update: (fraction, text) => {
      const now = performance.now();
      if (now - told < 1000 * PLAIN_SECONDS || fraction >= 1) return;
      told = now;
      const elapsed = seconds(began);
      note(
        `${String(Math.floor(100 * fraction)).padStart(3)} % after ${duration(elapsed)}, ${withComma(left(fraction, elapsed))}${text}`,
      );
    },
    end: () => {},
  };
}

function seconds(since: number): number {
  return (performance.now() - since) / 1000;
}

function left(fraction: number, elapsed: number): string {
  if (elapsed < 1 || fraction < 0.01 || fraction >= 1) return "";
  return `about ${duration((elapsed * (1 - fraction)) / fraction)} left`;
}

function withComma(text: string): string {
  return text && `${text}, `;
}

/** Seconds as a person says them: "12 ms", "0.4 s", "12 s", "3 min 5 s", "2 h 10 min". */
export function duration(s: number): string {
  if (s < 0.0995) return `${Math.ceil(1000 * s)} ms`;
  if (s < 9.95) return `${s.toFixed(1)} s`;
  if (s < 99.5) return `${Math.round(s)} s`;
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(s - 60 * minutes)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
