// The rotations of the chain drift by rounding only: against the recursion of its order parameters in double-double arithmetic.
import { expect, test } from "vitest";
import { Chain, loadChainCore, type Settings, someState } from "../support/chain.js";

const core = loadChainCore("release");
const STEPS = 300_000;

test.each<[string, Settings]>([
  ["(4, 2), d = 1e7", { d: 1e7, p: 4, k: 2, gamma: 1, Delta: 0.01 }],
  ["(4, 2), d = 50, to convergence", { d: 50, p: 4, k: 2, gamma: 0.3 }],
  ["(7, 3), relu, d = 1e4", { d: 1e4, p: 7, k: 3, gamma: 0.1, student: "relu", Delta: 0.1 }],
])("%s", (_, settings) => {
  const { p, k } = settings;
  const m = p + k;
  const chain = new Chain(core, settings, [{ seed: 1, stream: 0 }]).load(0, someState(core, settings));
  const entries = [
    ...Array.from({ length: p * k }, (_, at) => (k + Math.floor(at / k)) * m + (at % k)),
    ...Array.from({ length: p * p }, (_, at) => (k + Math.floor(at / p)) * m + k + (at % p)),
  ];
  const start = chain.omega();
  const sums = core.f64(entries.flatMap((at) => [start[at], 0]));
  expect(core.exports.chainStepsWithSums(chain.run, STEPS, sums)).toBe(STEPS);
  const exact = core.read(sums, 2 * entries.length);
  const end = chain.omega();
  const moved = entries.map((at) => Math.abs(end[at] - start[at]));
  const distances = entries.map((at, i) => Math.abs(end[at] - (exact[2 * i] + exact[2 * i + 1])));
  expect(Math.max(...moved)).toBeGreaterThan(0.01);
  // 1e8 steps end within 5e-12 (`npm run bench drift`)
  expect(Math.max(...distances)).toBeLessThan(2e-12);
});
