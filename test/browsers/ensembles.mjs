// Who simulates an ensemble's replicas, where this runs: workers of the library's, workers of the caller's, or this thread alone.

const problem = { inputDimension: 100, studentWidth: 3, teacherWidth: 2 };
// five groups of four
const options = { until: 20, save: { times: [0, 20] }, seed: 5, replicas: 20, workers: 2 };
const script = new URL("../../dist/worker.js", import.meta.url);

/** Counts the answers, by kind, of workers made from now on. */
function countAnswers() {
  const counts = { ready: 0, outcomes: 0 };
  const Original = globalThis.Worker;
  if (Original) {
    globalThis.Worker = class extends Original {
      constructor(...parameters) {
        super(...parameters);
        this.addEventListener("message", ({ data }) => counts[data.kind]++);
      }
    };
  }
  const end = () => {
    globalThis.Worker = Original;
  };
  return { counts, end };
}

async function by(createEngine, way) {
  const numbers = ({ mean }) => JSON.stringify([...mean.risk, ...mean.state(1).Q]);
  const engine = await createEngine();
  const { counts, end } = countAnswers();
  const run = await engine.ensemble(problem, { ...options, ...way });
  const { outcomes } = counts;
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 30);
  const { status } = await engine.ensemble(problem, { ...options, ...way, until: 1e9, signal: controller.signal });
  const again = await engine.ensemble(problem, { ...options, ...way });
  const here = await engine.ensemble(problem, { ...options, workers: 1 });
  end();
  engine.dispose();
  const same = [run, again].every((one) => numbers(one) === numbers(here));
  return { workers: counts.ready, groups: outcomes, same, status };
}

/**
 * For each way to get workers: how many worked over three calls, how many groups of the first call they did, whether the numbers are those of
 * this thread, and the status of a call that was aborted.
 */
export async function ensembles() {
  try {
    const { createEngine } = await import("../../dist/index.js");
    return {
      library: await by(createEngine, {}),
      caller: await by(createEngine, { createWorker: () => new Worker(script) }),
      "caller, module": await by(createEngine, { createWorker: () => new Worker(script, { type: "module" }) }),
      "caller, without WebAssembly": await by(createEngine, { createWorker: () => new Worker(`${script}?no-wasm`) }),
    };
  } catch (error) {
    return { error: `${error}\n${error?.stack ?? ""}` };
  }
}
