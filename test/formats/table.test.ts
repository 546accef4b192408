import { describe, expect, it } from "vitest";
import { arrays, table, tables } from "../../src/formats/index.js";
import type { TrajectoryLike } from "../../src/formats/table.js";
import type { Trajectory } from "../../src/trajectory.js";
import { sameBits, sample } from "./sample.js";

// a compile-time assertion: what the library returns is what the formats take
const fits: (trajectory: Trajectory) => TrajectoryLike = (trajectory) => trajectory;
void fits;

describe("table", () => {
  it("names time, risk, M row by row, the upper triangle of Q, a", () => {
    const names = table(sample(2, 3)).map((column) => column.name);
    const M = ["M_1_1", "M_1_2", "M_1_3", "M_2_1", "M_2_2", "M_2_3"];
    expect(names).toEqual(["time", "risk", ...M, "Q_1_1", "Q_1_2", "Q_2_2", "a_1", "a_2"]);
  });

  it("takes M_i_r from entry (i-1) k + r-1 and Q_i_j from (i-1) p + j-1", () => {
    const run = sample(3, 2);
    for (const { name, values } of table(run, { columns: ["M", "Q", "a"] })) {
      const [block, i, j] = name.split("_");
      const index = {
        M: (Number(i) - 1) * 2 + Number(j) - 1,
        Q: (Number(i) - 1) * 3 + Number(j) - 1,
        a: Number(i) - 1,
      }[block]!;
      for (let row = 0; row < run.length; row++) {
        expect(values[row]).toBe(run.state(row)[block as "M" | "Q" | "a"][index]);
      }
    }
  });

  it("selects by name and by block, in the order asked for, and copies", () => {
    const run = sample(2, 2);
    const chosen = table(run, { columns: ["Q", "risk", "Q_1_2"] });
    expect(chosen.map((column) => column.name)).toEqual(["Q_1_1", "Q_1_2", "Q_2_2", "risk"]);
    expect(sameBits(chosen[3].values, run.risk)).toBe(true);
    expect(chosen[3].values).not.toBe(run.risk);
  });

  it("does not ask for states when only time and risk are wanted", () => {
    const run = { ...sample(2, 2), state: () => expect.fail("state was called") };
    expect(table(run, { columns: ["time", "risk"] })).toHaveLength(2);
  });

  it("names the columns there are when one is asked for that is not", () => {
    expect(() => table(sample(2, 1), { columns: ["M_3_1"] })).toThrow(
      expect.objectContaining({ code: "invalid-argument", message: expect.stringMatching(/"M_3_1".*M_1_1, M_2_1/) }),
    );
  });
});

describe("tables", () => {
  const runs = [
    { label: "p = 1", trajectory: sample(1, 1, 2) },
    { label: "p = 2", trajectory: sample(2, 1, 3) },
  ];

  it("stacks runs under a column of labels, with the union of their columns in the order of one table", () => {
    const columns = tables(runs);
    expect(columns[0]).toEqual({ name: "run", values: ["p = 1", "p = 1", "p = 2", "p = 2", "p = 2"] });
    expect(columns.slice(1).map((column) => column.name)).toEqual(table(sample(2, 1)).map((column) => column.name));
  });

  it("leaves NaN where a run has no such order parameter", () => {
    const byName = new Map(tables(runs, { label: "p" }).map((column) => [column.name, column.values]));
    expect(byName.get("M_2_1")).toEqual(
      Float64Array.of(Number.NaN, Number.NaN, ...[0, 1, 2].map((i) => sample(2, 1).state(i).M[1])),
    );
    expect(byName.get("M_1_1")).toEqual(Float64Array.of(...[0, 1, 0, 1, 2].map((i) => sample(1, 1).state(i).M[0])));
    expect(byName.has("p")).toBe(true);
  });
});

describe("arrays", () => {
  it("has one tensor for each order parameter, time first", () => {
    const run = sample(3, 2, 4);
    const named = arrays(run, "first_");
    const shapes = Object.fromEntries(Object.entries(named).map(([name, { shape }]) => [name, shape]));
    expect(shapes).toEqual({
      first_time: [4],
      first_risk: [4],
      first_M: [4, 3, 2],
      first_Q: [4, 3, 3],
      first_a: [4, 3],
      first_P: [2, 2],
      first_aStar: [2],
    });
    expect(named.first_M.data[2 * 6 + 3]).toBe(run.state(2).M[3]);
  });

  it("does without the teacher when there is no row", () => {
    expect(Object.keys(arrays(sample(2, 2, 0)))).toEqual(["time", "risk", "M", "Q", "a"]);
  });
});
