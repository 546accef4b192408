import { expect, it } from "vitest";
import { terminalTable } from "../../src/plot/index.js";

it("aligns numbers of a column by their points and writes wide ranges in scientific notation", () => {
  const rows = [
    { run: "p = 2", t: 0.1, ode: 0.28123, sgd: 0.281, z: -0.31, n: 10 },
    { run: "p = 3", t: 1000, ode: 1.2e-6, sgd: 0.2, z: 1.2, n: 7 },
    { run: "p = 10", t: 10, ode: 1.2e-12, sgd: 0, z: Number.NaN },
  ];
  const columns = ["run", "t", { key: "ode", title: "ODE ε" }, "sgd", { key: "z", digits: 3, title: "deviation" }, "n"];
  expect(terminalTable(rows, columns).split("\n")).toEqual([
    " run          t      ODE ε    sgd  deviation   n",
    " ──────  ──────  ─────────  ─────  ─────────  ──",
    " p = 2      0.1  2.812e-01  0.281     -0.310  10",
    " p = 3   1000.0  1.200e-06  0.200      1.200   7",
    " p = 10    10.0  1.200e-12  0.000        NaN",
  ]);
});

it("takes the keys of the first row for columns, formats, aligns left, and rules in ASCII", () => {
  const percent = (value: unknown): string => `${100 * Number(value)} %`;
  const columns = ["name", { key: "share", format: percent, align: "left" as const }];
  expect(terminalTable([{ name: "γ", share: 0.5 }], columns, { ascii: true })).toBe(
    " name  share\n ----  -----\n γ     50 %",
  );
  expect(terminalTable([{ a: 1, b: true }])).toBe(" a  b\n ─  ────\n 1  true");
  expect(terminalTable([])).toBe("\n");
});
