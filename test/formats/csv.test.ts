import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCSV, table, tables, toCSV } from "../../src/formats/index.js";
import { AWKWARD, numpy, python, sameBits, sample } from "./sample.js";

describe("toCSV", () => {
  it("is RFC 4180: a header, CRLF, quotes where they must be, no comments", () => {
    const columns = [
      { name: "run", values: ["p = 2", 'say "hi"', "a,b", "two\nlines"] },
      { name: "risk", values: Float64Array.of(0.1, 1e-7, 1e21, -0) },
    ];
    expect(toCSV(columns)).toBe('run,risk\r\np = 2,0.1\r\n"say ""hi""",1e-7\r\n"a,b",1e+21\r\n"two\nlines",-0\r\n');
    expect(toCSV(columns.slice(1), { newline: "\n" })).toBe("risk\n0.1\n1e-7\n1e+21\n-0\n");
  });

  it("refuses columns of different lengths or of one name", () => {
    const column = (name: string, rows: number): { name: string; values: Float64Array } => ({
      name,
      values: new Float64Array(rows),
    });
    expect(() => toCSV([column("a", 2), column("b", 3)])).toThrow(/"a" has 2 rows and "b" 3/);
    expect(() => toCSV([column("a", 2), column("a", 2)])).toThrow(/share a name/);
  });
});

describe("parseCSV(toCSV(columns))", () => {
  it("gives back every bit of a trajectory", () => {
    for (const columns of [table(sample(2, 2)), tables([{ label: "one, two", trajectory: sample(3, 2) }])]) {
      const back = parseCSV(toCSV(columns));
      expect(back.map((column) => column.name)).toEqual(columns.map((column) => column.name));
      back.forEach((column, c) => {
        expect(Array.from(column.values as Iterable<unknown>)).toEqual(
          Array.from(columns[c].values as Iterable<unknown>),
        );
      });
      expect(sameBits(back.find((column) => column.name === "risk")!.values as Float64Array, AWKWARD)).toBe(true);
    }
  });

  it("gives back every double", () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 1 }), (values) => {
        const [column] = parseCSV(toCSV([{ name: "x", values: Float64Array.from(values) }]));
        return sameBits(column.values as Float64Array, Float64Array.from(values));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("gives back every text that is not a number", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1 }), (values) => {
        const columns = [
          { name: "run", values },
          { name: "x", values: new Float64Array(values.length) },
        ];
        expect(parseCSV(toCSV(columns), { labels: ["run"] })[0].values).toEqual(values);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe("parseCSV", () => {
  it("reads what other programs write: LF, a byte order mark, empty and signed fields, their infinities", () => {
    const [a, b, c] = parseCSV("\uFEFFa,b,c\n+1.5E2,inf,x\n,-Infinity,2\n.5,nan,\n");
    expect(a.values).toEqual(Float64Array.of(150, Number.NaN, 0.5));
    expect(b.values).toEqual(Float64Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN));
    expect(c.values).toEqual(["x", "2", ""]);
  });

  it("keeps a column of numerals as texts when asked", () => {
    expect(parseCSV("run\n007\n", { labels: ["run"] })[0].values).toEqual(["007"]);
  });

  it("says which record is broken", () => {
    const error = { code: "unreadable-file" };
    expect(() => parseCSV("a,b\n1,2\n3\n")).toThrow(
      expect.objectContaining({ ...error, message: expect.stringMatching(/Record 3.* 1 fields.* 2/) }),
    );
    expect(() => parseCSV("")).toThrow(expect.objectContaining(error));
  });

  it.skipIf(!numpy.version)("and Python's csv and float agree on every bit", () => {
    const program =
      "import csv, sys, io\nprint(*[float(row['risk']).hex() for row in csv.DictReader(io.StringIO(sys.argv[1], newline=''))])";
    const read = python(program, toCSV(table(sample(1, 1), { columns: ["time", "risk"] })))
      .trim()
      .split(" ");
    const hex = python(
      "import sys, struct\nprint(*[struct.unpack('<d', bytes.fromhex(h))[0].hex() for h in sys.argv[1:]])",
      ...AWKWARD.map(bytes),
    );
    expect(read).toEqual(hex.trim().split(" "));
  });
});

function bytes(value: number): string {
  return Buffer.from(Float64Array.of(value).buffer).toString("hex");
}
