import { describe, expect, it } from "vitest";
import { fromNPY, type NpyArray, toNPY } from "../../src/formats/index.js";
import { AWKWARD, sameBits } from "./sample.js";

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

describe("toNPY", () => {
  it("writes version 1.0 with data at a multiple of 64 bytes", () => {
    const file = toNPY({ data: Float64Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] });
    const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }";
    expect(latin1(file.subarray(0, 128))).toBe(`\x93NUMPY\x01\x00\x76\x00${header.padEnd(117)}\n`);
    expect(new Float64Array(file.slice(128).buffer)).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6));
  });

  it.each<[string, NpyArray]>([
    ["'<f4', 'fortran_order': False, 'shape': (2,)", { data: Float32Array.of(1, 2), shape: [2] }],
    ["'<i4', 'fortran_order': False, 'shape': ()", { data: Int32Array.of(7), shape: [] }],
    ["'|u1', 'fortran_order': False, 'shape': (0, 4)", { data: new Uint8Array(0), shape: [0, 4] }],
    ["'<i8', 'fortran_order': False, 'shape': (1, 1, 1)", { data: BigInt64Array.of(-1n), shape: [1, 1, 1] }],
    ["'<U3', 'fortran_order': False, 'shape': (2,)", { data: ["ODE", "γ"], shape: [2] }],
  ])("describes %s", (described, array) => {
    expect(latin1(toNPY(array))).toContain(`'descr': ${described}, }`);
    expect(fromNPY(toNPY(array))).toEqual(array);
  });

  it("takes a view's own part of its buffer", () => {
    const view = Float64Array.of(1, 2, 3, 4).subarray(1, 3);
    expect(fromNPY(toNPY({ data: view, shape: [2] })).data).toEqual(Float64Array.of(2, 3));
  });

  it("refuses a shape of another size", () => {
    const error = { code: "invalid-argument", message: expect.stringMatching(/6 entries.*\(2, 2\) is for 4/) };
    expect(() => toNPY({ data: new Float64Array(6), shape: [2, 2] })).toThrow(expect.objectContaining(error));
    expect(() => toNPY({ data: new Float64Array(6), shape: [-2, -3] })).toThrow(/whole numbers/);
  });
});

describe("fromNPY", () => {
  it("keeps every bit", () => {
    const { data } = fromNPY(toNPY({ data: Float64Array.from(AWKWARD), shape: [3, 5] }));
    expect(sameBits(data as Float64Array, AWKWARD)).toBe(true);
  });

  it("reads from the middle of a buffer", () => {
    const file = toNPY({ data: Float64Array.of(1, 2), shape: [2] });
    const padded = new Uint8Array(file.length + 3);
    padded.set(file, 3);
    expect(fromNPY(padded.subarray(3)).data).toEqual(Float64Array.of(1, 2));
  });

  it.each([
    ["does not begin with", new Uint8Array(64)],
    ["does not begin with", new Uint8Array(0)],
    ["ends after", toNPY({ data: new Float64Array(4), shape: [4] }).subarray(0, 140)],
    ["type '<c16'", replaced("'<f8'", "'<c16'")],
    ["not that of a plain array", replaced("'shape'", "'sharp'")],
  ])("says that a file %s ...", (reason, file) => {
    expect(() => fromNPY(file)).toThrow(
      expect.objectContaining({ code: "unreadable-file", message: expect.stringContaining(reason) }),
    );
  });
});

function replaced(from: string, to: string): Uint8Array {
  const text = latin1(toNPY({ data: new Float64Array(4), shape: [4] }));
  return Uint8Array.from(Buffer.from(text.replace(from, to), "latin1"));
}
