/**
 * The plain-JavaScript loop in a process of its own, speaking as bench/numpy-dense.py does. In one process with the kernels V8 compiles the
 * same loop up to 1.4 times slower, which would flatter the library.
 */
import { createInterface } from "node:readline";
import { startWeights } from "./dense-problem.mjs";
import { plainDense } from "./plain-dense.mjs";

let problem;
let loop;

function answer({ make, steps }) {
  if (make) {
    problem = make;
    loop = plainDense(problem, startWeights(problem));
    return {};
  }
  if (steps === undefined) return { omega: Array.from(omegaOf(problem, loop.weights())) };
  const start = performance.now();
  loop.run(steps);
  return { ms: performance.now() - start };
}

function omegaOf({ d }, { teacher, student }) {
  const rows = Float64Array.of(...teacher, ...student);
  const m = rows.length / d;
  return Float64Array.from({ length: m * m }, (_, at) => {
    const [x, y] = [Math.floor(at / m) * d, (at % m) * d];
    let sum = 0;
    for (let j = 0; j < d; j++) sum += rows[x + j] * rows[y + j];
    return sum;
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
