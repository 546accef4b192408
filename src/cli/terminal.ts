/** What a command sees of the world outside: where its words go, how wide and colourful they may be, and when to stop. */
import type { WriteStream } from "node:tty";

export interface Terminal {
  /** Results, to stdout; a line end is added. */
  print(text: string): void;
  /** Notes, warnings and errors, to stderr; a line end is added. */
  note(text: string): void;
  /** Where a progress bar may be drawn: stderr, if a person is looking at it. */
  readonly bar: WriteStream | undefined;
  /** Characters a line of stdout. */
  readonly columns: number;
  /** stdout shows 256 colours. */
  readonly colour: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** The file of the running program, for its workers to load; absent where it cannot be loaded as it is (tests, on sources). */
  readonly program?: string;
}

/** Exit code of a command that a signal ended, as shells have it: 128 + 2. */
export const INTERRUPTED = 130;

/**
 * The terminal of this process. The first SIGINT or SIGTERM aborts the signal, so that what was computed is still written; the second
 * ends the process at once.
 */
export function processTerminal(program: string): Terminal {
  const { stdout, stderr } = process;
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
    stderr.write("\nStopping: what was computed is being written (once more to end at once).\n");
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  // a reader that left early, such as `| head`, must not lose us the files
  for (const stream of [stdout, stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => error.code === "EPIPE" || fail(error));
  return {
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    bar: stderr.isTTY ? stderr : undefined,
    columns: stdout.columns || 80,
    colour: Boolean(stdout.isTTY && stdout.hasColors(256)),
    signal: controller.signal,
    program,
  };
}

function fail(error: Error): never {
  throw error;
}
