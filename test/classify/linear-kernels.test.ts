// Kernels of convex fits: against plain loops and finite differences, with the same bits in the debug build and however rows are cut into calls.
import { describe, expect, it } from "vitest";
import { monomialPlan } from "../../src/classify/linear/monomials.js";
import { type Core, loadCore } from "../support/core.js";

const cores = { release: loadCore("release"), debug: loadCore("debug") };

/** Numbers in (-1, 1) that look random. */
function numbers(count: number, seed: number): number[] {
  let x = seed;
  return Array.from({ length: count }, () => {
    x = (x * 16807) % 2147483647;
    return (2 * x) / 2147483647 - 1;
  });
}

const [n, D] = [37, 11];
const stride = 12;
const rows = Array.from({ length: n }, (_, i) => [...numbers(D - 1, 1000 + 31 * i), 1, 0]);

describe("features", () => {
  it("are the monomials in order, the constant, zeros", () => {
    const { exports, memory, f64, read } = cores.release;
    const plan = monomialPlan(3, 3);
    const count = plan.length / 2 + 1;
    expect(count).toBe(20);
    const planAt = f64(plan.length / 2);
    new Int32Array(memory.buffer, planAt, plan.length).set(plan);
    const xAt = f64(6);
    new Float32Array(memory.buffer, xAt, 6).set([2, 3, 5, -1, 0.5, 4]);
    const X = f64(new Array(48).fill(9));
    exports.linearFeatures(xAt, 3, planAt, count, X, 24, 0, 2);
    const of = (a: number, b: number, c: number) => [
      ...[a, b, c, a * a, a * b, a * c, b * b, b * c, c * c],
      ...[a * a * a, a * a * b, a * a * c, a * b * b, a * b * c, a * c * c, b * b * b, b * b * c, b * c * c, c * c * c],
      ...[1, 0, 0, 0, 0],
    ];
    expect([...read(X, 48)]).toEqual([...of(2, 3, 5), ...of(-1, 0.5, 4)]);
  });
});

describe.each([
  { name: "logistic", loss: 0, K: 1, targets: rows.map((_, i) => (i % 3 === 0 ? 1 : 0)) },
  { name: "softmax", loss: 1, K: 4, targets: rows.map((_, i) => (i * i) % 4) },
  { name: "squared", loss: 2, K: 3, targets: numbers(3 * n, 5) },
])("$name", ({ loss, K, targets }) => {
  const W = Array.from({ length: K }, (_, k) => [...numbers(D, 77 + k), 0]).flat();

  /** Loss, margin and gradient at W, rows in calls of these sizes. */
  const evaluate = ({ exports, f64, read }: Core, weights: number[], calls: number[]) => {
    const [X, T, at, G, state, z] = [
      f64(rows.flat()),
      f64(targets),
      f64(weights),
      f64(K * stride),
      f64([0, Number.POSITIVE_INFINITY]),
      f64(4 * K),
    ];
    let first = 0;
    for (const count of calls) {
      exports.linearGradient(loss, X, stride, T, at, K, G, state, z, first, count);
      first += count;
    }
    return Float64Array.of(...read(state, 2), ...read(G, K * stride));
  };

  it("loss and margin are those of plain loops", () => {
    let [sum, least] = [0, Number.POSITIVE_INFINITY];
    for (const [i, row] of rows.entries()) {
      const z = Array.from({ length: K }, (_, k) => row.reduce((total, v, j) => total + v * W[k * stride + j], 0));
      if (loss === 0) {
        const margin = targets[i] ? z[0] : -z[0];
        sum += Math.log1p(Math.exp(-margin));
        least = Math.min(least, margin);
      } else if (loss === 1) {
        sum += Math.log(z.reduce((total, v) => total + Math.exp(v), 0)) - z[targets[i]];
        least = Math.min(least, ...z.filter((_, k) => k !== targets[i]).map((v) => z[targets[i]] - v));
      } else sum += z.reduce((total, v, k) => total + 0.5 * (v - targets[i * K + k]) ** 2, 0);
    }
    const [value, margin] = evaluate(cores.release, W, [n]);
    expect(Math.abs(value - sum)).toBeLessThan(1e-12 * sum);
    if (loss < 2) expect(Math.abs(margin - least)).toBeLessThan(1e-13);
    else expect(margin).toBe(Number.POSITIVE_INFINITY);
  });

  it("gradient is that of finite differences", () => {
    const gradient = evaluate(cores.release, W, [n]).subarray(2);
    // central differences with h = 1e-4: h^2 / 6 times third derivatives, of order n, and rounding 1e-15 / h
    for (let i = 0; i < K * stride; i++) {
      if (i % stride >= D) continue;
      const at = (h: number) =>
        evaluate(
          cores.release,
          W.map((w, j) => (i === j ? w + h : w)),
          [n],
        )[0];
      expect(Math.abs((at(1e-4) - at(-1e-4)) / 2e-4 - gradient[i])).toBeLessThan(2e-7);
    }
  });

  it("bits: chunks and builds", () => {
    const whole = evaluate(cores.release, W, [n]);
    expect(evaluate(cores.release, W, [4, 12, 8, 13])).toEqual(whole);
    expect(evaluate(cores.debug, W, [n])).toEqual(whole);
  });
});

describe("curvature", () => {
  const build = ({ exports, f64, read }: Core, cuts: number[]) => {
    const many = [...rows, ...rows, ...rows].map((row, i) => row.map((v, j) => (j < D - 1 ? v + i / 100 : v)));
    const [X, packed, H] = [f64(many.flat()), f64(64 * stride), f64(stride * stride)];
    let first = 0;
    for (const count of cuts) {
      exports.curvatureAdd(X, stride, first, count, packed, H);
      first += count;
    }
    const gram = read(H, stride * stride);
    // as the fit does: something on the diagonal, and 1 where there is no feature
    const lifted = f64(gram.map((h, i) => (i % (stride + 1) === 0 ? h + (i === stride * stride - 1 ? 1 : 0.5) : h)));
    exports.curvatureFactor(lifted, stride, 0, 5);
    exports.curvatureFactor(lifted, stride, 5, stride - 5);
    const right = numbers(stride, 3);
    const solved = f64(right);
    exports.curvatureSolve(lifted, stride, solved);
    return { many, gram, right, solved: read(solved, stride) };
  };

  it("is X^T X, and is solved", () => {
    const { many, gram, right, solved } = build(cores.release, [64, 47]);
    const full = (i: number, j: number) => gram[Math.max(i, j) * stride + Math.min(i, j)];
    for (let i = 0; i < stride; i++) {
      for (let j = 0; j <= i; j++) {
        const exact = many.reduce((sum, row) => sum + row[i] * row[j], 0);
        expect(Math.abs(full(i, j) - exact)).toBeLessThan(1e-12 * 111);
      }
      let product = 0;
      for (let j = 0; j < stride; j++)
        product += (full(i, j) + (i === j ? (i === stride - 1 ? 1 : 0.5) : 0)) * solved[j];
      expect(Math.abs(product - right[i])).toBeLessThan(1e-12);
    }
  });

  it("has the same bits in the debug build", () => {
    const [release, debug] = [build(cores.release, [64, 47]), build(cores.debug, [64, 47])];
    expect(debug.gram).toEqual(release.gram);
    expect(debug.solved).toEqual(release.solved);
  });
});
