/** Loops that solve the dense problem in processes of their own: plain JavaScript, and NumPy on one thread where python3 has it. */
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

export const plainProcess = (problem) => start(process.execPath, ["plain-dense-process.mjs"], problem);

/**
 * The fastest of four such processes: what V8 makes of the loop differs between them by up to 1.4, and nobody should have to wonder which one
 * the library was set beside.
 */
export async function fastestPlainProcess(problem) {
  const pieces = 40;
  const steps = Math.ceil(2e8 / (problem.d * (problem.p + problem.k)) / pieces);
  const candidates = [];
  for (let n = 0; n < 4; n++) {
    const loop = await plainProcess(problem);
    const times = [];
    for (let piece = 0; piece < pieces; piece++) times.push(await loop.run(steps));
    candidates.push({ loop, ms: Math.min(...times) });
  }
  const [fastest, ...others] = candidates.sort((a, b) => a.ms - b.ms);
  for (const { loop } of others) loop.end();
  return fastest.loop;
}

export const numpyProcess = (problem, precision) => start("python3", ["numpy-dense.py"], { ...problem, precision });

/** NumPy's version, or undefined. */
export function numpyVersion() {
  const { status, stdout } = spawnSync("python3", ["-c", "import numpy; print(numpy.__version__)"], {
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : undefined;
}

/** A loop at work: `run(steps)` gives the milliseconds that it measured itself. */
async function start(command, [script], problem) {
  const oneThread = { OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  const child = spawn(command, [path(script)], {
    env: { ...process.env, ...oneThread },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (question) => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error(`bench: ${script} ended early`);
    return JSON.parse(value);
  };
  const { variant } = await ask({ make: problem });
  return {
    variant,
    isAsync: true,
    run: async (steps) => (await ask({ steps })).ms,
    omega: async () => (await ask({ omega: true })).omega,
    end: () => child.stdin.end(),
  };
}
