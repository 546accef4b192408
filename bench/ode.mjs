/** The ODE: its right-hand side in microseconds, and trajectory N2 to t = 1000 at a relative error of 1e-6 in milliseconds. */
import { readFileSync } from "node:fs";
import { loadCore } from "./core.mjs";
import { measure } from "./measure.mjs";

/** Microseconds of issue 2. */
const sizes = [
  { p: 4, k: 2, atMost: 1.3 },
  { p: 16, k: 4, atMost: 100 },
  { p: 64, k: 8, atMost: 16_000 },
];
const n2 = JSON.parse(readFileSync(new URL("n2.json", import.meta.url), "utf8"));

export async function ode({ wasm, library, wanted }) {
  return [...(await rightHandSides(wasm, library, wanted)), ...(wanted("N2") ? await timeToAccuracy(library) : [])];
}

async function rightHandSides(wasm, library, wanted) {
  const core = await loadCore(wasm);
  const tasks = [];
  for (const { p, k, atMost } of sizes) {
    const problem = { inputDimension: 1000, studentWidth: p, teacherWidth: k, noiseVariance: 1e-4 };
    const state = (await library.integrate(problem, { until: 0, save: { times: [0] }, seed: 1 })).state(0);
    const name = `right-hand side (${p}, ${k})`;
    tasks.push({ name, target: { atMost }, run: kernelCall(core, { p, k, Delta: 1e-4 }, state) });
    if (p === 4)
      tasks.push({ name: `${name}, rightHandSide()`, isAsync: true, run: publicCall(library, problem, state) });
  }
  const chosen = tasks.filter(({ name }) => wanted(name));
  const timings = await measure(chosen);
  return chosen.map(({ name, target }, i) => ({ name, unit: "us", target, ...timings[i].summary((ns) => ns / 1e3) }));
}

function publicCall(library, problem, state) {
  return async (count) => {
    for (let n = 0; n < count; n++) await library.rightHandSide(problem, state);
  };
}

/** The core's function on the run that `src/wasm/ode.ts` lays out, at the order parameters of a random start. */
function kernelCall(core, { p, k, Delta }, { P, M, Q, a, aStar }) {
  const m = p + k;
  const rowBytes = 8 * (m + (m % 2));
  const upper = Array.from({ length: p }, (_, i) => Array.from(Q.subarray(i * p + i, (i + 1) * p))).flat();
  const y = [...M, ...upper, ...a];
  const pairs = 8 * ((p * (p + 1)) / 2 + 3);
  const vectorBytes = 8 * (y.length + (y.length % 2));
  const state = core.put(y);
  const derivative = core.bytes(vectorBytes);
  const run = core.block("odeFields", {
    ...{ p, k, batch: 1, studentScale: 1, teacherScale: 1, Delta, decay: 0, secondDecay: 0, trainsSecond: 0 },
    ...{ gradient: 1, noise: 1, ratePiece: 0, secondPiece: 0 },
    rate: core.put([1, 0, 0, 0.2]),
    secondRate: core.put([1, 0, 0, 0]),
    P: core.put(P),
    aStar: core.put(aStar),
    O: core.bytes(m * rowBytes),
    c: core.bytes(8 * m),
    cc: core.bytes(8 * m * m),
    h: core.bytes(p * rowBytes),
    sig: core.bytes(8 * p),
    pairs: core.bytes(pairs),
    lanes: core.bytes(192 * m),
    N: core.bytes(pairs),
    ...{ n: y.length, active: y.length - p, y: state, trial: derivative, vectorBytes },
    stage: core.bytes(vectorBytes),
    k1: core.bytes(7 * vectorBytes),
    // the stepper's numbers, of which the right-hand side reads none
    ...{ t: 0, step: 0, lastError: 0, wasRejected: 0, rtol: 0, atol: 0, accepted: 0, rejected: 0, evaluations: 0 },
    ...{ saveTimes: 0, saveCount: 0, saved: 0, rows: 0, dense: 0, denseUsed: 0, denseRoom: 0 },
  });
  const { odePrepare, rightHandSide } = core.kernels;
  odePrepare(run);
  return (count) => {
    for (let n = 0; n < count; n++) rightHandSide(run, 0, state, derivative);
  };
}

/** `integrate` as a user calls it on an engine that is warm, at the loosest tolerance that reaches 1e-6: at all saved times, at the last. */
async function timeToAccuracy(library) {
  const problem = {
    inputDimension: 1000,
    studentWidth: 4,
    teacherWidth: 2,
    learningRate: n2.problem.learningRate,
    noiseVariance: n2.problem.noiseStandardDeviation ** 2,
    start: { kind: "state", state: { P: n2.problem.P, M: n2.problem.M, Q: n2.problem.Q } },
  };
  const solve = (rtol) => library.integrate(problem, { until: 1000, save: { times: n2.times }, rtol });
  const relativeErrors = ({ risk }) => n2.risks.map((exact, i) => Math.abs(risk[i] / exact - 1));
  const ladder = [-6, -7, -8, -9].flatMap((power) =>
    [9, 8, 7, 6, 5, 4, 3, 2.5, 2, 1.6, 1.3, 1].map((lead) => Number(`${lead}e${power}`)),
  );
  const loosest = async (errorOf) => {
    for (const rtol of ladder) {
      const trajectory = await solve(rtol);
      const error = errorOf(relativeErrors(trajectory));
      if (error <= 1e-6) return { rtol, error, evaluations: trajectory.statistics.evaluations };
    }
    throw new Error("bench: no tolerance reaches 1e-6 on N2");
  };
  const found = {
    "at every saved time": await loosest((errors) => Math.max(...errors)),
    "at t = 1000": await loosest((errors) => errors.at(-1)),
  };
  const tasks = Object.entries(found).map(([where, { rtol, error, evaluations }]) => ({
    name: `N2 to 1e-6 ${where}`,
    note: `rtol ${rtol}, error ${error.toExponential(1)}, ${evaluations} evaluations`,
    isAsync: true,
    run: async (count) => {
      for (let n = 0; n < count; n++) await solve(rtol);
    },
  }));
  const timings = await measure(tasks, { roundMs: 100, sampleMs: 4 });
  return tasks.map(({ name, note }, i) => ({
    name,
    note,
    unit: "ms",
    target: { atMost: 4 },
    ...timings[i].summary((ns) => ns / 1e6),
  }));
}
