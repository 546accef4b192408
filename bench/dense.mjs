/**
 * The dense step beside a plain-JavaScript and a NumPy loop that solve the same problem, in turns, microseconds a step. Everything runs on one
 * thread.
 */
import { loadCore } from "./core.mjs";
import { denseKernel } from "./dense-kernel.mjs";
import { asProblem, cases, startState, startWeights } from "./dense-problem.mjs";
import { fastestPlainProcess, numpyProcess, numpyVersion, plainProcess } from "./dense-rivals.mjs";
import { measure } from "./measure.mjs";

/** Least ratios of issue 2. */
const targets = {
  "4, 2, 1000": { "plain JavaScript": 5, NumPy: 7 },
  "64, 8, 1000": { NumPy: 4.5 },
};

export async function dense({ wasm, library, wanted }) {
  const hasNumpy = numpyVersion() !== undefined;
  if (!hasNumpy) process.stderr.write("No python3 with NumPy: its rows are left out.\n");
  const rows = [];
  for (const problem of cases) {
    const { p, k, d } = problem;
    const sizes = `${p}, ${k}, ${d}`;
    if (!wanted(`dense step (${sizes})`)) continue;
    if (d <= 1000) await checkLoops(library, problem, await loopsOf(problem, wasm, hasNumpy, plainProcess));
    const loops = await loopsOf(problem, wasm, hasNumpy, fastestPlainProcess);
    const tasks = [...loops, wholeCall(library, problem)];
    const timings = await measure(tasks, { rounds: 11, roundMs: 60, sampleMs: 3 });
    loops.forEach((loop) => {
      loop.end?.();
    });
    const timingOf = (name) => timings[tasks.findIndex((task) => task.name === name)];
    tasks.forEach(({ name }, i) => {
      rows.push({ name: `dense step (${sizes}), ${name}`, unit: "us", ...timings[i].summary((ns) => ns / 1e3) });
    });
    for (const precision of ["f64", "f32"]) {
      for (const { name } of loops.filter((loop) => loop.precisions?.includes(precision))) {
        const least = precision === "f64" ? targets[sizes]?.[name.replace(/ f..$/, "")] : undefined;
        const ratio = timingOf(name).over(timingOf(`kernel ${precision}`));
        const target = least && { atLeast: least };
        rows.push({ name: `dense step (${sizes}), ${name} / kernel ${precision}`, unit: "x", target, ...ratio });
      }
    }
  }
  return rows;
}

/** The loops: what they are called, how to run them, where they stand. A rival has the `precisions` of the kernels it is set beside. */
async function loopsOf(problem, wasm, hasNumpy, plain) {
  const core = await loadCore(wasm);
  const start = startWeights(problem);
  const loops = ["f64", "f32"].map((precision) => {
    const { run, omega } = denseKernel(core, problem, start, precision);
    return { name: `kernel ${precision}`, run, omega };
  });
  // one loop stands beside both kernels: Float32Array makes it slower
  loops.push({ name: "plain JavaScript", precisions: ["f64", "f32"], ...(await plain(problem)) });
  for (const precision of hasNumpy ? ["f64", "f32"] : []) {
    loops.push({ name: `NumPy ${precision}`, precisions: [precision], ...(await numpyProcess(problem, precision)) });
  }
  return loops;
}

/** `simulate` from call to trajectory, divided by its steps: the random start, the pauses for the event loop and the saved rows included. */
function wholeCall(library, problem) {
  return {
    name: "simulate(), all of a call",
    isAsync: true,
    count: Math.round(2e8 / (problem.d * (problem.p + problem.k))),
    run: async (steps) => {
      const until = steps / problem.d;
      await library.simulate(asProblem(problem), { until, save: { times: [until] }, seed: 1, method: "dense" });
    },
  };
}

/**
 * Refuses loops that do not learn as the theory says: ratios of speed mean nothing between different problems. On loops of its own, so that
 * compilers meet the timed ones in short pieces only.
 */
async function checkLoops(library, problem, loops) {
  const until = 3;
  const start = { kind: "state", state: startState(problem) };
  const theory = await library.integrate(asProblem(problem, start), { until, save: { times: [until] }, rtol: 1e-4 });
  for (const { name, run, omega, end } of loops) {
    await run(until * problem.d);
    const risk = await library.excessRisk(asProblem(problem), stateOf(problem, await omega()));
    const expected = theory.risk[0];
    if (!(Math.abs(risk / expected - 1) < 0.2)) {
      throw new Error(`bench: after t = ${until} ${name} has risk ${risk}, the theory ${expected}`);
    }
    end?.();
  }
}

function stateOf({ p, k }, omega) {
  const block = (rows, columns, fromRow, fromColumn) =>
    Array.from(
      { length: rows * columns },
      (_, at) => omega[(fromRow + Math.floor(at / columns)) * (k + p) + fromColumn + (at % columns)],
    );
  return { P: block(k, k, 0, 0), M: block(p, k, k, 0), Q: block(p, p, k, k) };
}
