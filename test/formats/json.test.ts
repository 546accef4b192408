import fc from "fast-check";
import { expect, it } from "vitest";
import { toJSON } from "../../src/formats/index.js";

it("writes typed arrays as lists on one line", () => {
  const value = {
    name: "run",
    risk: Float64Array.of(0.1, 1e-7),
    rows: [[1, 2], [3]],
    none: {},
    empty: [],
    skip: undefined,
  };
  const lines = [
    "{",
    '  "name": "run",',
    '  "risk": [0.1, 1e-7],',
    '  "rows": [',
    "    [1, 2],",
    "    [3]",
    "  ],",
    '  "none": {},',
    '  "empty": []',
    "}",
    "",
  ];
  expect(toJSON(value)).toBe(lines.join("\n"));
});

it("keeps -0, and writes null for what JSON does not have", () => {
  expect(toJSON(Float64Array.of(-0, Number.NaN, Number.POSITIVE_INFINITY))).toBe("[-0, null, null]\n");
});

it("is parsed to what JSON.stringify's text is parsed to", () => {
  const same = (value: unknown): boolean => JSON.stringify(JSON.parse(toJSON(value))) === JSON.stringify(value);
  fc.assert(fc.property(fc.jsonValue(), same), { seed: 1, numRuns: 500 });
});
