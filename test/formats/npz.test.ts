import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { arrays, fromNPZ, toNPZ } from "../../src/formats/index.js";
import { AWKWARD, numpy, python, sample } from "./sample.js";

const run = arrays(sample(3, 2));
const entries = {
  ...run,
  awkward: Float64Array.from(AWKWARD),
  single: { data: Float32Array.of(0.1, -0, 1e-45, 3.4028234663852886e38), shape: [2, 2] },
  counts: Int32Array.of(-(2 ** 31), 2 ** 31 - 1),
  labels: ["ODE", "γ = 0.2 😀", ""],
  problem: JSON.stringify({ studentWidth: 3 }),
};

const folder = mkdtempSync(join(tmpdir(), "sgd-dynamics-npz-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("toNPZ", () => {
  it("is read back by fromNPZ, deflated and stored", () => {
    for (const compress of [true, false]) {
      const back = fromNPZ(toNPZ(entries, { compress }));
      expect(Object.keys(back)).toEqual(Object.keys(entries));
      expect(back.Q).toEqual(run.Q);
      expect(back.labels).toEqual({ data: entries.labels, shape: [3] });
      expect(back.problem).toEqual({ data: [entries.problem], shape: [] });
    }
  });

  it("gives the same bytes on any day, with the date 1980-01-01 in each entry", () => {
    const bytes = toNPZ({ time: Float64Array.of(1) }, { compress: false });
    expect(Buffer.from(toNPZ({ time: Float64Array.of(1) }, { compress: false })).equals(bytes)).toBe(true);
    // local header: time at 10, date at 12 = (year - 1980) << 9 | month << 5 | day
    expect([bytes[10], bytes[11], bytes[12], bytes[13]]).toEqual([0, 0, (1 << 5) | 1, 0]);
  });

  it("refuses names that are paths", () => {
    for (const name of ["", "a/b", "a\\b"]) {
      expect(() => toNPZ({ [name]: Float64Array.of(1) })).toThrow(
        expect.objectContaining({ code: "invalid-argument" }),
      );
    }
  });

  it("says that other bytes are not a .npz file", () => {
    expect(() => fromNPZ(new Uint8Array(100))).toThrow(expect.objectContaining({ code: "unreadable-file" }));
  });
});

describe.skipIf(!numpy.version)(`NumPy ${numpy.version ?? `(${numpy.missing})`}`, () => {
  it("reads our .npz bit for bit, without pickle", () => {
    for (const compress of [true, false]) {
      const path = join(folder, `ours-${compress}.npz`);
      writeFileSync(path, toNPZ(entries, { compress }));
      const seen = JSON.parse(
        python(
          "import json, sys, numpy\n" +
            "print(json.dumps({n: [a.dtype.str, list(a.shape), a.tobytes().hex(), a.tolist() if a.dtype.kind == 'U' else 0]" +
            " for n, a in numpy.load(sys.argv[1], allow_pickle=False).items()}))",
          path,
        ),
      ) as Record<string, [string, number[], string, unknown]>;
      expect(Object.keys(seen)).toEqual(Object.keys(entries));
      expect(seen.single.slice(0, 3)).toEqual(["<f4", [2, 2], hex(entries.single.data)]);
      expect(seen.counts.slice(0, 3)).toEqual(["<i4", [2], hex(entries.counts)]);
      expect(seen.awkward.slice(0, 3)).toEqual(["<f8", [15], hex(entries.awkward)]);
      expect(seen.labels[3]).toEqual(entries.labels);
      expect(seen.problem[3]).toBe(entries.problem);
      for (const name of ["time", "risk", "M", "Q", "a", "P", "aStar"] as const) {
        const { data, shape } = run[name];
        expect(seen[name].slice(0, 3)).toEqual(["<f8", shape, hex(data as Float64Array)]);
      }
    }
  });

  it.each(["savez", "savez_compressed"])("writes with %s what we read, of every type and order", (save) => {
    const path = join(folder, `${save}.npz`);
    python(
      "import sys, numpy as np\n" +
        "x = np.arange(24, dtype='<f8').reshape(2, 3, 4) / 7\n" +
        `np.${save}(sys.argv[1], c=x, f=np.asfortranarray(x), big=x.astype('>f8'), single=x.astype('<f4'), i4=np.array([-5, 5], '<i4'),` +
        " i8=np.array([2**62]), b=np.array([True, False]), u=np.array(['a', 'γ😀']), zero=np.float64(2.5), none=np.zeros((0, 3)))",
      path,
    );
    const read = fromNPZ(readFileSync(path));
    const x = Float64Array.from({ length: 24 }, (_, i) => i / 7);
    for (const name of ["c", "f", "big"]) expect(read[name]).toEqual({ data: x, shape: [2, 3, 4] });
    expect(read.single.data).toEqual(Float32Array.from(x));
    expect(read.i4).toEqual({ data: Int32Array.of(-5, 5), shape: [2] });
    expect(read.i8).toEqual({ data: BigInt64Array.of(2n ** 62n), shape: [1] });
    expect(read.b).toEqual({ data: Uint8Array.of(1, 0), shape: [2] });
    expect(read.u).toEqual({ data: ["a", "γ😀"], shape: [2] });
    expect(read.zero).toEqual({ data: Float64Array.of(2.5), shape: [] });
    expect(read.none).toEqual({ data: new Float64Array(0), shape: [0, 3] });
  });

  it("writes objects that we refuse", () => {
    const path = join(folder, "objects.npz");
    python("import sys, numpy as np\nnp.savez(sys.argv[1], o=np.array([{}], dtype=object))", path);
    expect(() => fromNPZ(readFileSync(path))).toThrow(expect.objectContaining({ code: "unreadable-file" }));
  });
});

function hex(data: Float64Array | Float32Array | Int32Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");
}
