// phaseDiagram(): the powers of THEORY B.5 from runs, labels, budgets, and what it owes its caller.
import { describe, expect, it } from "vitest";
import { type Cell, type Measurement, type PhaseDiagramOptions, phaseDiagram } from "../../src/index.js";
import { slope } from "../../src/phase-diagram/fit.js";
import { labelOf } from "../../src/phase-diagram/label.js";
import { loadCore } from "../../src/wasm/core.js";
import { expectError } from "../support/errors.js";

const cellOf = async (kappa: number, delta: number, more: Partial<PhaseDiagramOptions> = {}): Promise<Cell> => {
  const { cells } = await phaseDiagram({ kappa: [kappa], delta: [delta], ...more });
  return cells[0];
};

function expectPower(measured: Measurement, power: number, within: number): void {
  expect(measured.status).toBe("measured");
  expect(Math.abs(measured.exponent! - power), `${measured.exponent} and not ${power}`).toBeLessThan(within);
}

// seeds are fixed; the powers' standard errors are 0.004 to 0.015, so that 0.03 and 0.05 are two of them at least
describe("the table of B.5: sup-norm error at t = 1, two students and one teacher", () => {
  const rows: [string, number, number[], number, number][] = [
    ["blue", 0, [100, 200, 400, 800, 1600, 3200, 6400], 0.5, 0.5],
    ["green", 0.5, [30, 90, 300, 900], 0.75, 0.614],
    ["green", 0.25, [100, 300, 1000, 3200], 0.625, 0.315],
    ["orange", -0.375, [1e4, 1e8, 1e12, 1e16, 1e20], 0.125, 0.124],
    ["orange", -0.25, [1e2, 1e3, 1e4, 1e5, 1e6], 0.25, 0.26],
  ];
  it.each(rows)("%s, delta = %s", async (name, delta, dimensions, power, toLimit) => {
    const cell = await cellOf(0, delta, { dimensions, stepsPerCell: 4e7 });
    expect(cell.theory.name).toBe(name);
    expectPower(cell.supremum, power, 0.03);
    expectPower(cell.finiteSize, power, 0.03);
    expectPower(cell.limit, toLimit, 0.05);
    // the bias, between two ODEs: no noise, and corrections of order d^-|delta| to its power
    if (name !== "blue") expect(Math.abs(cell.limit.ode! - Math.abs(delta))).toBeLessThan(0.02);
    expect(cell.label!.name).toBe(name);
    expect(Math.abs(cell.sum!.value - delta)).toBeLessThan(0.01);
    if (name === "orange") expect(cell.risk.status).toBe("undefined");
    else {
      expectPower(cell.risk, delta, 0.03);
      expectPower(cell.samples, 1 + delta, 0.03);
    }
  });
});

describe("widths that grow", () => {
  it.each([
    [0.3, 0.2],
    [0.2, -0.2],
    [0.4, 0.0666],
    [0.32, -0.5],
  ])("kappa = %s, delta = %s", async (kappa, delta) => {
    const cell = await cellOf(kappa, delta);
    const widths = cell.finiteSize.points.map(({ studentWidth }) => studentWidth);
    expect(widths).toEqual(cell.finiteSize.points.map(({ inputDimension: d }) => Math.round(2 * d ** kappa)));
    expect(widths.at(-1)! / widths[0]).toBeGreaterThan(2);
    // gamma / p is (gamma_0 / c) d^-(kappa + delta)
    for (const { learningRate, studentWidth, inputDimension } of cell.finiteSize.points)
      expect(Math.abs((learningRate / studentWidth) * inputDimension ** (kappa + delta) - 1)).toBeLessThan(1e-12);
    expect(Math.abs(cell.sum!.value - kappa - delta)).toBeLessThan(0.02);
    expect(cell.label!.name).toBe(cell.theory.name);
    const power = cell.theory.finiteSizeExponent!;
    if (kappa + delta >= 0) expectPower(cell.finiteSize, power, 0.03);
    // orange: the part of a step linear in s, (s / d)^2 d^(1 + 2 sum) = 1 / d of variance, falls faster than s^4 / d^2 d^(1 + 2 sum) = d^-(1 + 2 sum)
    else expectPower(cell.finiteSize, (power + 0.5) / 2, (0.5 - power) / 2 + 0.03);
  });

  // (B13): E[s'^2] of erf units of norm 1 is (2 / pi) / sqrt 3; corrections are s / (4 - s) and 2 / d
  it("R_inf - Delta / 2 is gamma Delta / 4 n_s^2 sum a_i^2 J2_ii, whatever the width", async () => {
    const { risk } = await cellOf(0.2, 0.3, { stepsPerCell: 4e7 });
    expectPower(risk, 0.5, 0.03);
    for (const { value, standardError, inputDimension: d, learningRate, studentWidth } of risk.points) {
      const s = learningRate / studentWidth;
      const law = ((s * 1e-3) / 4) * (2 / Math.PI / Math.sqrt(3));
      expect(Math.abs(value / law - 1)).toBeLessThan((2 * s) / (4 - s) + 6 / d + (4 * standardError) / law);
    }
  });
});

describe("red", () => {
  it.each([
    [0, -0.75],
    [0.1, -0.65],
  ])("has no ODE: one step throws SGD as far at any d, or farther; kappa = %s, delta = %s", async (kappa, delta) => {
    const cell = await cellOf(kappa, delta);
    expect(cell).toMatchObject({
      theory: { name: "red", theta: undefined },
      label: { name: "red" },
      status: "measured",
    });
    expectPower(cell.finiteSize, 1 + 2 * (kappa + delta), 0.03);
    expect(cell.limit).toMatchObject({ status: "undefined", exponent: undefined });
  });
});

describe("a cell that the budget cannot measure", () => {
  it("says so, and what theory says", async () => {
    const cell = await cellOf(0.6, 1, { stepsPerCell: 3e4 });
    expect(cell).toMatchObject({ status: "unmeasured", label: undefined, sum: undefined });
    expect(cell.finiteSize.status).toBe("unmeasured");
    expect(cell.message).toMatch(/budget.*stepsPerCell/);
    expect(cell.theory.name).toBe("green");
    expect(cell.theory.samplesExponent).toBeCloseTo(2.6, 12);
  });

  it("with a larger one uses larger d, within it", async () => {
    const reach = async (stepsPerCell: number) => {
      const { finiteSize, risk, samples } = await cellOf(0, 0, { stepsPerCell });
      const points = [finiteSize, risk, samples].flatMap((one) => one.points);
      const steps = points.reduce((sum, point) => sum + point.steps * point.replicas, 0);
      expect(steps).toBeLessThan(1.1 * stepsPerCell);
      return finiteSize.points.at(-1)!.inputDimension;
    };
    expect(await reach(1e7)).toBeGreaterThan(await reach(1e6));
  });
});

describe("phaseDiagram", () => {
  const small: PhaseDiagramOptions = { kappa: [0, 0.3], delta: [-0.3, 0.4], stepsPerCell: 3e5 };

  it("gives the same numbers with one thread and with two, in a grid and alone", async () => {
    const one = await phaseDiagram({ ...small, workers: 1 });
    const two = await phaseDiagram({ ...small, workers: 2 });
    const alone = await phaseDiagram({ ...small, kappa: [0.3], delta: [0.4] });
    expect(two).toEqual(one);
    expect(alone.cells[0]).toEqual(one.cells[3]);
    expect(one.cells.map(({ kappa, delta }) => [kappa, delta])).toEqual([
      [0, -0.3],
      [0, 0.4],
      [0.3, -0.3],
      [0.3, 0.4],
    ]);
    expect(JSON.parse(JSON.stringify(one)).cells[3].finiteSize.exponent).toBe(one.cells[3].finiteSize.exponent);
  });

  it("tells progress, never back, and each cell as it comes", async () => {
    const fractions: number[] = [];
    const cells: Cell[] = [];
    const result = await phaseDiagram({
      ...small,
      onCell: (cell) => cells.push(cell),
      onProgress: ({ fraction }) => fractions.push(fraction),
    });
    expect(result.status).toBe("completed");
    expect(cells).toEqual(result.cells);
    expect(fractions).toEqual([...fractions].sort((x, y) => x - y));
    expect(fractions.at(-1)).toBe(1);
    expect(fractions.length).toBeGreaterThan(8);
  });

  it("ends early when aborted, with the cells that are whole", async () => {
    const controller = new AbortController();
    const result = await phaseDiagram({
      ...small,
      signal: controller.signal,
      onCell: () => controller.abort(),
    });
    expect(result.status).toBe("aborted");
    expect(result.cells.length).toBe(1);
  });

  it.each([
    [{ kappa: [] }, /kappa/],
    [{ kappa: [-0.1] }, /kappa.*from 0 to 1/],
    [{ delta: [3] }, /delta/],
    [{ delta: 1 }, /delta/],
    [{ dimensions: [100, 10] }, /dimensions must increase/],
    [{ dimensions: [10.5] }, /whole numbers/],
    [{ stepsPerCell: 0 }, /stepsPerCell/],
    [{ noiseVariance: -1 }, /noiseVariance/],
    [{ workers: 0 }, /workers/],
    [{ onCell: 1 }, /onCell/],
    [{ seed: -1 }, /seed/],
    [{ grid: 1 }, /no option "grid"/],
  ])("refuses %j", (more, sentence) =>
    expectError(() => phaseDiagram({ ...small, ...(more as object) }), "invalid-argument", sentence),
  );
});

describe("fits and labels", () => {
  it("a line through exact points, and one whose scatter is larger than its errors", () => {
    const points = [0, 1, 2, 3].map((x) => ({ x, y: 2 - 0.5 * x, error: 0.1 }));
    expect(slope(points)!.value).toBeCloseTo(-0.5, 14);
    // sum (x - mean)^2 = 5, errors sqrt(0.1^2 + 0.01^2)
    expect(slope(points)!.standardError).toBeCloseTo(Math.sqrt(0.0101 / 5), 14);
    const rough = points.map(({ x, y }, i) => ({ x, y: y + (i % 2 ? 0.5 : -0.5), error: 0.1 }));
    expect(slope(rough)!.standardError).toBeGreaterThan(0.2);
    expect(slope(points.slice(0, 1))).toBeUndefined();
  });

  it("probabilities of regions by Bayes' rule, against erf", async () => {
    const { kernels } = await loadCore();
    // at 0.02 +- 0.01: blue exp(-2); green sqrt(2 pi) 0.01 Phi(2) / 2; orange sqrt(2 pi) 0.01 Phi(-2) / 0.5
    const { probabilities, name } = labelOf({ value: 0.02, standardError: 0.01 }, kernels);
    const [blue, green, orange] = [Math.exp(-2), 0.025066283 * 0.9772498681 * 0.5, 0.025066283 * 0.0227501319 * 2];
    expect(name).toBe("blue");
    expect(probabilities.green).toBeCloseTo(green / (blue + green + orange), 5);
    expect(probabilities.orange).toBeCloseTo(orange / (blue + green + orange), 5);
    expect(labelOf({ value: -0.55, standardError: 0.02 }, kernels).name).toBe("red");
    expect(labelOf({ value: 5, standardError: 0.02 }, kernels).confidence).toBe(0);
  });
});
