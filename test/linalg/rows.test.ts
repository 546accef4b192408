// The row kernels against plain loops that add in the documented order (assembly/linalg/rows.ts, gram.ts): equal bit for bit, in f64 and f32,
// in both builds.
import { describe, expect, test } from "vitest";
import { expectSameBits } from "../support/bits.js";
import { type Core, loadCore } from "../support/core.js";

type Precision = "F64" | "F32";

const bytesOf = { F64: 8, F32: 4 };
const round = { F64: (x: number) => x, F32: Math.fround };
const targets = [loadCore("release"), loadCore("debug")];

/** A repeatable source of awkward numbers: both signs, zeros of both signs, magnitudes over 2^-20 .. 2^20, a few subnormal in f32. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => {
    const kind = uniform();
    const sign = uniform() < 0.5 ? -1 : 1;
    const mantissa = 1 + uniform() + uniform() * 2 ** -32;
    if (kind < 0.02) return sign * 0;
    if (kind < 0.04) return sign * mantissa * 2 ** -140;
    return sign * mantissa * 2 ** Math.floor(40 * uniform() - 20);
  };
}

/** Rows as the kernels see them: `columns` numbers, then zeros to a multiple of 64 bytes. */
class Rows {
  readonly stride: number;
  readonly values: Float64Array;

  constructor(
    readonly rows: number,
    readonly columns: number,
    readonly precision: Precision,
    next: () => number,
  ) {
    const perLine = 64 / bytesOf[precision];
    this.stride = Math.ceil(columns / perLine) * perLine;
    this.values = new Float64Array(rows * this.stride);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) this.values[i * this.stride + j] = round[precision](next());
  }

  get rowBytes(): number {
    return this.stride * bytesOf[this.precision];
  }
}

/** The documented sum of a row's products: two accumulators of L lanes, added, then the lanes. */
function dot(x: Float64Array, y: Float64Array, precision: Precision): number {
  const fl = round[precision];
  const lanes = 16 / bytesOf[precision];
  const sums = new Float64Array(2 * lanes);
  x.forEach((v, j) => {
    const at = (Math.floor(j / lanes) % 2) * lanes + (j % lanes);
    sums[at] = fl(sums[at] + fl(v * y[j]));
  });
  const s = Array.from({ length: lanes }, (_, l) => fl(sums[l] + sums[lanes + l]));
  return lanes === 2 ? s[0] + s[1] : fl(fl(s[0] + s[1]) + fl(s[2] + s[3]));
}

/** W <- q W + f x^T, each element rounded after each operation. */
function rankOne(W: Rows, f: number[], q: number, x: Float64Array): Float64Array {
  const fl = round[W.precision];
  const decay = fl(q);
  return W.values.map((w, at) => fl(fl(w * decay) + fl(fl(f[Math.floor(at / W.stride)]) * x[at % W.stride])));
}

const rowsOf = (values: Float64Array, stride: number) =>
  Array.from({ length: values.length / stride }, (_, i) => values.subarray(i * stride, (i + 1) * stride));

/** Memory of one call: inputs with 64 bytes of canary around each, so that a stray write is seen. */
class Room {
  readonly #areas: { address: number; bytes: number }[] = [];

  constructor(readonly core: Core) {}

  put(values: ArrayLike<number>, precision: Precision): number {
    const bytes = values.length * bytesOf[precision];
    const block = this.core.exports.arenaAllocate(bytes + 192);
    const address = Math.ceil(block / 64) * 64 + 64;
    new Uint8Array(this.core.memory.buffer, address - 64, bytes + 128).fill(0xa5);
    const View = precision === "F64" ? Float64Array : Float32Array;
    new View(this.core.memory.buffer, address, values.length).set(values);
    this.#areas.push({ address, bytes });
    return address;
  }

  get(address: number, count: number, precision: Precision): Float64Array {
    const View = precision === "F64" ? Float64Array : Float32Array;
    return Float64Array.from(new View(this.core.memory.buffer, address, count));
  }

  expectCanaries(): void {
    for (const { address, bytes } of this.#areas) {
      const around = [
        ...new Uint8Array(this.core.memory.buffer, address - 64, 64),
        ...new Uint8Array(this.core.memory.buffer, address + bytes, 64),
      ];
      expect(
        around.every((byte) => byte === 0xa5),
        "bytes around an array",
      ).toBe(true);
    }
  }
}

const rowCounts = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const widths = [1, 3, 7, 8, 9, 16, 17, 31, 64, 100, 257, 1000];
const cases = (["F64", "F32"] as const).flatMap((precision) => rowCounts.map((rows) => ({ precision, rows })));

describe.each(cases)("$precision, $rows rows", ({ precision, rows }) => {
  const setUps = widths.map((columns) => {
    const next = numbers(1000 * rows + columns);
    const W = new Rows(rows, columns, precision, next);
    const [x, z] = [new Rows(1, columns, precision, next).values, new Rows(1, columns, precision, next).values];
    return { W, x, z, f: Array.from({ length: rows }, next) };
  });

  test("y = W x", () => {
    for (const { W, x } of setUps) {
      const want = rowsOf(W.values, W.stride).map((w) => dot(w, x, precision));
      for (const core of targets) {
        const room = new Room(core);
        const y = room.put(new Float64Array(rows), "F64");
        core.exports[`matvec${precision}`](room.put(W.values, precision), W.rowBytes, room.put(x, precision), y, rows);
        expectSameBits(room.get(y, rows, "F64"), want);
        room.expectCanaries();
      }
    }
  });

  test.each([1, 0.99])("W <- %f W + f x^T", (q) => {
    for (const { W, x, f } of setUps) {
      const want = rankOne(W, f, q, x);
      for (const core of targets) {
        const room = new Room(core);
        const at = room.put(W.values, precision);
        core.exports[`rankOne${precision}`](at, W.rowBytes, room.put(f, "F64"), q, room.put(x, precision), rows);
        expectSameBits(room.get(at, W.values.length, precision), want);
        room.expectCanaries();
      }
    }
  });

  test.each([1, 0.99])("the fused kernel with q = %f is the update, then the product", (q) => {
    for (const { W, x, z, f } of setUps) {
      const updated = rankOne(W, f, q, x);
      const product = rowsOf(updated, W.stride).map((w) => dot(w, z, precision));
      for (const core of targets) {
        const room = new Room(core);
        const [at, y] = [room.put(W.values, precision), room.put(new Float64Array(rows), "F64")];
        const [F, X, Z] = [room.put(f, "F64"), room.put(x, precision), room.put(z, precision)];
        core.exports[`updateThenMatvec${precision}`](at, W.rowBytes, F, q, X, Z, y, rows);
        expectSameBits(room.get(at, W.values.length, precision), updated);
        expectSameBits(room.get(y, rows, "F64"), product);
        room.expectCanaries();

        // and the two kernels one after the other
        const [apart, yApart] = [room.put(W.values, precision), room.put(new Float64Array(rows), "F64")];
        core.exports[`rankOne${precision}`](apart, W.rowBytes, F, q, X, rows);
        core.exports[`matvec${precision}`](apart, W.rowBytes, Z, yApart, rows);
        expectSameBits(room.get(apart, W.values.length, precision), updated);
        expectSameBits(room.get(yApart, rows, "F64"), product);
      }
    }
  });

  test("G = scale R R^T, in f64 for rows of either precision", () => {
    const scale = 1 / 3;
    for (const { W } of setUps) {
      // two lanes and f64 sums also for f32 rows: a product of two f32 is exact
      const all = rowsOf(W.values, W.stride);
      const want = all.flatMap((u) => all.map((v) => scale * dot(u, v, "F64")));
      for (const core of targets) {
        const room = new Room(core);
        const G = room.put(new Float64Array(rows * rows), "F64");
        core.exports[`gram${precision}`](room.put(W.values, precision), W.rowBytes, rows, scale, G);
        expectSameBits(room.get(G, rows * rows, "F64"), want);
        room.expectCanaries();
      }
    }
  });
});

test("no rows: nothing is written", () => {
  for (const core of targets) {
    const room = new Room(core);
    const [W, x, y, f] = [
      room.put([], "F64"),
      room.put(new Float64Array(8), "F64"),
      room.put([], "F64"),
      room.put([], "F64"),
    ];
    core.exports.matvecF64(W, 64, x, y, 0);
    core.exports.rankOneF64(W, 64, f, 1, x, 0);
    core.exports.updateThenMatvecF64(W, 64, f, 1, x, x, y, 0);
    core.exports.gramF64(W, 64, 0, 1, y);
    room.expectCanaries();
  }
});

test("an infinite or missing number stays in its row", () => {
  for (const core of targets) {
    const room = new Room(core);
    const values = new Float64Array(5 * 8).fill(1);
    values[2 * 8 + 3] = Number.NaN;
    values[3 * 8 + 1] = Number.POSITIVE_INFINITY;
    const [W, y] = [room.put(values, "F64"), room.put(new Float64Array(5), "F64")];
    core.exports.matvecF64(W, 64, room.put(new Float64Array(8).fill(1), "F64"), y, 5);
    expect([...room.get(y, 5, "F64")]).toEqual([8, 8, Number.NaN, Number.POSITIVE_INFINITY, 8]);
  }
});
