/**
 * 1e8 steps of a chain at d = 1e7, beside the recursion of its order parameters in double-double arithmetic on the same samples
 * (`assembly/online/chain-drift.ts`): how far the rotations have drifted, and whether Omega is still positive semi-definite. A minute.
 */
import { chainKernel } from "./chain-kernel.mjs";
import { loadCore } from "./core.mjs";

const STEPS = 1e8;
const problem = { p: 4, k: 2, d: 1e7, gamma: 1, Delta: 0.01 };

export async function drift({ wasm }) {
  const { p, k } = problem;
  const m = p + k;
  const core = await loadCore(wasm);
  const { address, omega } = chainKernel(core, problem, 1);
  const entries = [
    ...Array.from({ length: p * k }, (_, at) => (k + Math.floor(at / k)) * m + (at % k)),
    ...Array.from({ length: p * p }, (_, at) => (k + Math.floor(at / p)) * m + k + (at % p)),
  ];
  const start = omega();
  const sums = core.put(entries.flatMap((at) => [start[at], 0]));
  for (let done = 0; done < STEPS; done += 1e6) {
    if (core.kernels.chainStepsWithSums(address, 1e6, sums) !== 1e6) throw new Error("bench: the chain diverged");
  }
  const end = omega();
  const exact = core.view(sums, 2 * entries.length);
  const distances = entries.map((at, i) => Math.abs(end[at] - exact[2 * i] - exact[2 * i + 1]));
  const row = (name, value, target) => ({ name, unit: "", target, ...only(value) });
  return [
    row("largest |Omega - recursion in double-double|", Math.max(...distances), { atMost: 1e-9 }),
    row("smallest pivot of Omega", smallestPivot(end, m), { atLeast: 0 }),
  ];
}

const only = (value) => ({ median: value, p25: value, p75: value, min: value, max: value });

/** Of a Cholesky factorisation: all are at least 0 where the matrix is positive semi-definite. */
function smallestPivot(matrix, m) {
  const L = new Float64Array(m * m);
  let smallest = Infinity;
  for (let j = 0; j < m; j++) {
    for (let i = j; i < m; i++) {
      let sum = matrix[i * m + j];
      for (let c = 0; c < j; c++) sum -= L[i * m + c] * L[j * m + c];
      if (i === j) smallest = Math.min(smallest, sum);
      L[i * m + j] = i === j ? Math.sqrt(sum) : sum / L[j * m + j];
    }
  }
  return smallest;
}
