/**
 * Timing. Each task runs in pieces of a few milliseconds, since V8 replaces a running WebAssembly function never, only between calls; tasks of
 * one call take turns round after round, so that whatever else the machine does falls on all of them.
 */
import { Bench } from "tinybench";

/**
 * @typedef {object} Task
 * @property {string} name
 * @property {(count: number) => unknown} run does `count` operations; may return (a promise of) the milliseconds they took elsewhere
 * @property {boolean} [isAsync]
 * @property {number} [count] operations a sample; default: as many as fill `sampleMs`
 */

/**
 * Times tasks against each other.
 * @param {Task[]} tasks
 * @returns one `Timing` a task: nanoseconds an operation
 */
export async function measure(tasks, { rounds = 9, roundMs = 50, warmupMs = 250, sampleMs = 2 } = {}) {
  const counts = [];
  for (const task of tasks) counts.push(task.count ?? (await warmUp(task, warmupMs, sampleMs)));
  const results = tasks.map(() => []);
  for (let round = 0; round < rounds; round++) {
    const bench = new Bench({ time: roundMs, iterations: 1, warmup: false, retainSamples: true, throws: true });
    tasks.forEach((task, i) => {
      bench.add(task.name, body(task, counts[i]), { async: task.isAsync ?? false });
    });
    await bench.run();
    bench.tasks.forEach(({ result }, i) => {
      results[i].push(result.latency.samples.map((ms) => (ms * 1e6) / counts[i]).sort((a, b) => a - b));
    });
  }
  return results.map((samples) => new Timing(samples));
}

/** Runs the task in pieces until compilers are done with it; returns how many operations take `sampleMs`. */
async function warmUp(task, warmupMs, sampleMs) {
  const start = performance.now();
  for (let count = 1; ; ) {
    const before = performance.now();
    const ms = (await task.run(count)) ?? performance.now() - before;
    if (performance.now() - start > warmupMs && ms > sampleMs / 4) {
      return Math.max(1, Math.round((count * sampleMs) / ms));
    }
    count = Math.max(1, Math.round(count * Math.min(4, sampleMs / Math.max(ms, 0.001))));
  }
}

/** What tinybench calls: durations measured elsewhere take the place of its own. */
function body({ run, isAsync }, count) {
  const measured = (ms) => (typeof ms === "number" ? { overriddenDuration: ms } : undefined);
  return isAsync ? async () => measured(await run(count)) : () => measured(run(count));
}

/** Samples by round, sorted within each, in one unit. */
export class Timing {
  constructor(rounds) {
    this.rounds = rounds;
    this.samples = rounds.flat().sort((a, b) => a - b);
  }

  /** { median, p25, p75, min, max } of f of the samples. */
  summary(f = (ns) => ns) {
    return summaryOf(this.samples.map(f));
  }

  /** How many times longer this takes than `other`: the median ratio of a round, and its spread. */
  over(other) {
    return summaryOf(this.rounds.map((samples, i) => quantile(samples, 0.5) / quantile(other.rounds[i], 0.5)));
  }
}

export function summaryOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const [min, p25, median, p75, max] = [0, 0.25, 0.5, 0.75, 1].map((q) => quantile(sorted, q));
  return { median, p25, p75, min, max };
}

function quantile(sorted, q) {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
