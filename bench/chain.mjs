/**
 * The step of the exact Omega chain, alone and with four replicas in the lanes: by size, by d, beside the dense step, and a whole ensemble on
 * one and on two threads.
 */
import { chainKernel } from "./chain-kernel.mjs";
import { loadCore } from "./core.mjs";
import { denseKernel } from "./dense-kernel.mjs";
import { asProblem, startWeights } from "./dense-problem.mjs";
import { measure } from "./measure.mjs";

/** Microseconds of issue 3: a chain alone, and a replica in the lanes. */
const sizes = [
  { p: 4, k: 2, alone: 0.14, lanes: 0.07 },
  { p: 16, k: 4, alone: 0.5, lanes: 0.3 },
  { p: 64, k: 8, alone: 3.0, lanes: 2.2 },
];
const dimensions = [1e2, 1e3, 1e6, 1e9];
const beside = [
  { d: 1000, atLeast: 14 },
  { d: 10_000, atLeast: 140 },
];
const problemOf = (p, k, d) => ({ p, k, d, gamma: 0.8 / p, Delta: 1e-4 });
const microseconds = (ns) => ns / 1e3;

export async function chain({ wasm, library, wanted }) {
  return [
    ...(await bySize(wasm, wanted)),
    ...(await byDimension(wasm, wanted)),
    ...(await besideDense(wasm, wanted)),
    ...(wanted("ensemble") ? await threads(library) : []),
  ];
}

async function bySize(wasm, wanted) {
  const core = await loadCore(wasm);
  const tasks = sizes.flatMap(({ p, k, alone, lanes }) => [
    { name: `chain step (${p}, ${k})`, target: { atMost: alone }, lanes: 1, p, k },
    { name: `chain step (${p}, ${k}), a replica of four`, target: { atMost: lanes }, lanes: 4, p, k },
  ]);
  const chosen = tasks.filter(({ name }) => wanted(name));
  const timings = await measure(
    chosen.map(({ name, lanes, p, k }) => ({ name, run: chainKernel(core, problemOf(p, k, 1000), lanes).run })),
  );
  return chosen.map(({ name, target, lanes }, i) => ({
    name,
    unit: "us",
    target,
    ...timings[i].summary((ns) => microseconds(ns) / lanes),
  }));
}

/** The same step at all d, as ratios to d = 1000 of the same round. */
async function byDimension(wasm, wanted) {
  if (!wanted("chain step (4, 2), d = ")) return [];
  const core = await loadCore(wasm);
  const rows = [];
  for (const lanes of [1, 4]) {
    const tasks = dimensions.map((d) => ({ name: `${d}`, run: chainKernel(core, problemOf(4, 2, d), lanes).run }));
    const timings = await measure(tasks, { rounds: 21 });
    const reference = timings[dimensions.indexOf(1e3)];
    dimensions.forEach((d, i) => {
      if (d === 1e3) return;
      const name = `chain step (4, 2), d = ${d.toExponential()} / d = 1e+3${lanes > 1 ? ", in lanes" : ""}`;
      rows.push({ name, unit: "x", target: { atLeast: 0.9, atMost: 1.1 }, ...timings[i].over(reference) });
    });
  }
  return rows;
}

async function besideDense(wasm, wanted) {
  const rows = [];
  for (const { d, atLeast } of beside) {
    const name = `dense step / chain step (4, 2, ${d})`;
    if (!wanted(name)) continue;
    const core = await loadCore(wasm);
    const problem = problemOf(4, 2, d);
    const dense = denseKernel(core, problem, startWeights(problem), "f64");
    const tasks = [dense, chainKernel(core, problem, 1)].map(({ run }, i) => ({ name: `${i}`, run }));
    const [slow, fast] = await measure(tasks, { rounds: 11 });
    rows.push({ name, unit: "x", target: { atLeast }, ...slow.over(fast) });
  }
  return rows;
}

/** `ensemble` as a user calls it, its workers warm. */
async function threads(library) {
  const problem = asProblem(problemOf(4, 2, 1000));
  const call = (workers) => ({
    name: `ensemble of 1024, ${workers} threads`,
    isAsync: true,
    count: 1,
    run: async () => {
      await library.ensemble(problem, { until: 20, replicas: 1024, workers, save: { count: 10 } });
    },
  });
  const [one, two] = await measure([call(1), call(2)], { rounds: 5, roundMs: 10 });
  return [
    { name: "ensemble of 1024 to t = 20, (4, 2, 1000), 1 thread", unit: "ms", ...one.summary((ns) => ns / 1e6) },
    { name: "ensemble, 1 thread / 2 threads", unit: "x", target: { atLeast: 1.8 }, ...one.over(two) },
  ];
}
