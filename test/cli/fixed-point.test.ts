import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fromNPZ, parseCSV } from "../../src/formats/index.js";
import { continueFixedPoint, fixedPoint, maximalLearningRate } from "../../src/index.js";
import { sgd, temporaryFolder } from "./support.js";

const { path, write } = temporaryFolder();
const p22 = ["-d", "1000", "-p", "2", "-k", "2", "--learning-rate", "0.1"];
const erf22 = { inputDimension: 1000, studentWidth: 2, teacherWidth: 2, learningRate: 0.1 };
const linear = ["-d", "100", "-k", "1", "--activation", "linear", "--noise-variance", "0.01"];
/** Stationary risk of least mean squares at the rate eta: D = 2 eps obeys D' = -(2 eta - eta^2) D + eta^2 Delta. */
const leastMeanSquares = (eta: number) => (0.5 * eta * 0.01) / (2 - eta);

it("tells what a fixed point is: risk, stability, rates, order parameters, what noise leaves, the largest rate", async () => {
  const { code, out, err } = await sgd(["fixed-point", ...linear, "-p", "1", "--learning-rate", "0.5", "--max-rate"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain(
    " Fixed point near specialised: d = 100, p = 1, k = 1, γ = 0.5, Δ = 0.01, linear,\n committee scaling, first layer trained.",
  );
  expect(out).toMatch(/ status +isolated, stable\n/);
  // eta = gamma for one student: 0.00166667 at d -> infinity, and with (d + 2) / d in place of 1 at d = 100
  const finite = (0.25 * 0.01) / (2 - (0.5 / 100) * 102);
  expect(out).toMatch(new RegExp(` excess risk ε +${leastMeanSquares(0.5).toPrecision(6)}\\n`));
  expect(out).toMatch(
    new RegExp(
      ` ε of least mean squares +${leastMeanSquares(0.5).toPrecision(6)}, at d = 100 ${finite.toPrecision(6)}\\n`,
    ),
  );
  // least mean squares is stable for eta < 2
  expect(out).toMatch(/ largest stable γ +2 \(specialised, without label noise\)\n/);
  // dM/dt = gamma (1 - M), dD/dt = -(2 gamma - gamma^2) D + ... for D = 1 - 2 M + Q
  expect(out).toMatch(/ rate +time\n.*\n -0\.50000 +2\.00\n -0\.75000 +1\.33\n/);
  expect(out).toMatch(/ i +M_i1 +Q_i1 +a_i\n.*\n 1 +1\.00000 +1\.00333 +1\.00000\n/);
  expect(out).toMatch(/ An isolated fixed point; deviations from it die out\. 2 unknowns, /);
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  const ascii = await sgd(["fixed-point", ...linear, "-p", "1", "--ascii"]);
  expect(ascii.out).toMatch(/^[\n -~]*$/);
});

it("tells of the plateau how fast it is left, as the library has it, in JSON, CSV and arrays", async () => {
  const outs = ["csv", "npz", "json"].map((format) => path(`plateau.${format}`));
  const { code, out } = await sgd(["fixed-point", ...p22, "--near", "symmetric", "--out", ...outs]);
  expect(code).toBe(0);
  const plateau = await fixedPoint(erf22, { near: "symmetric" });
  expect(out).toMatch(/ status +isolated, unstable\n/);
  expect(out).toContain(`(by e in t = ${(1 / plateau.escapeRate).toPrecision(3)})`);
  expect(out).not.toContain("first order in γ");
  const result = JSON.parse(readFileSync(path("plateau.json"), "utf8"));
  expect(result).toMatchObject({
    options: { near: "symmetric" },
    status: "isolated",
    stable: false,
    risk: plateau.risk,
    escapeRate: plateau.escapeRate,
    state: { M: [...plateau.state.M] },
  });
  expect(result.eigenvalues).toHaveLength(7);
  const columns = Object.fromEntries(
    parseCSV(readFileSync(path("plateau.csv"), "utf8")).map(({ name, values }) => [name, values[0]]),
  );
  expect(columns).toMatchObject({ learningRate: 0.1, status: "isolated", stable: 0, risk: plateau.risk });
  expect(columns.Q_1_2).toBe(plateau.state.Q[1]);
  const arrays = fromNPZ(readFileSync(path("plateau.npz")));
  expect(arrays.eigenvalues.shape).toEqual([1, 7, 2]);
  expect((arrays.eigenvalues.data as Float64Array)[0]).toBe(plateau.eigenvalues[0].re);

  // a state, a result of the command, and the last row of a trajectory
  const state = write("state.json", {
    ...plateau.state,
    M: [...plateau.state.M],
    Q: [...plateau.state.Q],
    P: [1, 0, 0, 1],
    a: [1, 1],
    aStar: [1, 1],
  });
  await sgd(["integrate", ...p22, "-t", "150", "--out", path("run.json"), "--start", '{"kind":"random","scale":0.1}']);
  for (const near of [state, path("plateau.json"), path("run.json")]) {
    const again = JSON.parse((await sgd(["fixed-point", ...p22, "--near", near, "--json"])).out);
    expect(again.risk).toBeCloseTo(plateau.risk, 12);
  }
});

it("tells of a manifold of solutions its directions and the drift along them", async () => {
  // two linear students of one teacher: only their sum counts, so that M and two of Q are free
  const asked = ["fixed-point", ...linear, "-p", "2", "--learning-rate", "0.25"];
  const { out } = await sgd(asked);
  expect(out).toMatch(/ status +degenerate, /);
  // eta = 0.25 (1 + 1)
  expect(out).toMatch(new RegExp(` ε of least mean squares +${leastMeanSquares(0.5).toPrecision(6)},`));
  expect(out).toMatch(/ Directions along the manifold of solutions.*\n\n +drift +largest parts\n/);
  expect(out).toMatch(/[+−]0\.\d\d [MQ]_\d\d/);
});

it("follows a fixed point along a parameter: a table, a figure solid and dashed, columns", async () => {
  const asked = ["fixed-point", ...p22, "--along", "learning-rate", "--from", "2", "--to", "2.6", "--points", "7"];
  const { code, out, err } = await sgd([...asked, "--max-rate", "--out", path("b.csv"), path("b.svg"), path("b.json")]);
  expect([code, err]).toEqual([0, ""]);
  const values = [2, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6];
  const branch = await continueFixedPoint(erf22, { near: "specialised", parameter: "learningRate", values });
  const largest = await maximalLearningRate(erf22);
  expect(out).toMatch(/ 2\.3 +0 +-0\.\d+ +stable\n +2\.4 +0 +0\.\d+ +unstable\n/);
  expect(out).toContain(` largest stable γ  ${Number(largest.toPrecision(10))} `);
  expect(out).toContain("─── stable   ╌╌╌ unstable");
  const columns = Object.fromEntries(
    parseCSV(readFileSync(path("b.csv"), "utf8")).map(({ name, values }) => [name, values]),
  );
  expect([...columns.learningRate]).toEqual(values);
  expect([...columns.stable]).toEqual(values.map((value) => (value < largest ? 1 : 0)));
  expect([...columns.rate_re]).toEqual(branch.points.map(({ eigenvalues }) => eigenvalues[0].re));
  const svg = readFileSync(path("b.svg"), "utf8");
  expect(svg).toContain(">largest eigenvalue (excess risk 0)</text>");
  expect(svg.match(/stroke-dasharray/g)!.length).toBeGreaterThanOrEqual(2);
  const result = JSON.parse(readFileSync(path("b.json"), "utf8"));
  expect(result).toMatchObject({ status: "completed", parameter: "learningRate", options: { values } });
  expect(result.points).toHaveLength(7);
});

it("marks where a branch ends, and takes the problem's own value for its first", async () => {
  const noisy = ["fixed-point", ...p22, "--noise-variance", "0.01", "--along", "learning-rate"];
  const { code, out } = await sgd([...noisy, "--to", "5", "--points", "8", "--out", path("end.svg")]);
  expect(code).toBe(0);
  expect(out).toMatch(/ +0\.1 +\d/);
  const end = / (3\.92\d+) +\d\S+ +ends\n/.exec(out)?.[1];
  expect(readFileSync(path("end.svg"), "utf8")).toContain(`>unbounded at ${end}</text>`);
  expect(out).toContain(" The branch goes to infinity at learningRate = 3.92");
});

it.each([
  [
    ["--near", "specialized"],
    'error: --near is "specialized"; allowed: "specialised", "denoising", "symmetric", or a JSON file with a state or a result of this command.',
  ],
  [["--to", "3"], "error: --to is of a branch; name its parameter with --along."],
  [["--along", "learning-rate"], "error: --along needs --to, the last value of the parameter."],
  [["--along", "learning-rate", "--to", "0.1"], "error: --from and --to are both 0.1; allowed: two values."],
  [["--out", "x.svg"], "error: --out x.svg: one fixed point has no figure; follow it with --along."],
  [
    ["--learning-rate", '{"times":[0,1],"values":[1,0.5]}'],
    "error: A schedule of learning rates has no fixed points; give the rate at which to look for one as a number.",
  ],
])("answers %j with one sentence and exit code 2", async (flags, sentence) => {
  const { code, out, err } = await sgd(["fixed-point", ...p22, ...flags]);
  expect({ code, err, out }).toEqual({ code: 2, err: sentence, out: "" });
});

it("says what a file without a state lacks", async () => {
  const empty = write("empty.json", { a: [1] });
  expect((await sgd(["fixed-point", ...p22, "--near", empty])).err).toBe(
    `error: ${empty} holds no state; allowed: { P, M, Q, a, aStar }, or a JSON result of integrate, simulate or fixed-point.`,
  );
});

it("ends with exit code 1 where there is no fixed point", async () => {
  // gamma beyond least mean squares' 2: the risk grows without bounds
  const { code, err } = await sgd([
    "fixed-point",
    ...linear,
    "-p",
    "1",
    "--learning-rate",
    "3",
    "--near",
    "specialised",
  ]);
  expect(code).toBe(1);
  expect(err).toMatch(/^Newton's method came to no fixed point; /);
});
