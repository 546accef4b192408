// Normals: the very numbers of a ziggurat written again from the papers, the normal law in every aspect that 1e7 to 1e8 draws can show, and
// no trace of one stream in another. False alarm 1e-6 for each statistical test.
import { describe, expect, test } from "vitest";
import { NormalTally, TailTally } from "../support/normal-tally.js";
import { expectPlausible, kolmogorovP, normalCdf, normalTwoSided } from "../support/statistics.js";
import { makeKey, scalarOf, wordsOf } from "../support/stream-reference.js";
import { loadStreams } from "../support/streams.js";
import { makeZiggurat, normals32Of, normalsOf, scalarNormal, type Ziggurat } from "../support/ziggurat.js";

const { core, stream } = loadStreams();
const wide = makeZiggurat(1024);
const narrow = makeZiggurat(512);

test("the tables' r and v are those of 50-digit arithmetic", () => {
  // test/fixtures/make-ziggurat.py. Both tables have 1000 layers with a rounding error of 1e-16 each, and the closing condition loses a factor of 200
  // from v to r
  expect(Math.abs(wide.v / 0.001226324646353088072885371 - 1)).toBeLessThan(1e-13);
  expect(Math.abs(wide.r / 4.038849846109504522714423 - 1)).toBeLessThan(2e-11);
  expect(Math.abs(narrow.v / 0.002456766351541355733732757 - 1)).toBeLessThan(1e-13);
  expect(Math.abs(narrow.r / 3.852046150368391248117898 - 1)).toBeLessThan(2e-11);
});

describe("equal to the ziggurat in BigInt with tables made from the top down", () => {
  // 1000 layers, each with a rounding error of 1e-16 and a condition number below 200: 2e-11
  const close = (got: ArrayLike<number>, want: readonly number[], tolerance: number) => {
    let worst = 0;
    want.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(got[i] / value - 1));
    });
    expect(worst).toBeLessThan(tolerance);
  };

  test("f64: 250,000 draws, some 1000 mended, some 13 in the tail", () => {
    const key = makeKey(3, 1, 0);
    for (let block = 0n; block < 60n; block++) {
      close(stream(3, 1).normals(block, 4096), normalsOf(wordsOf(key, block, 4096), wide, scalarOf(key, block)), 2e-11);
    }
  });

  test("f32: 500,000 draws, to a unit in the last place", () => {
    const key = makeKey(4, 0, 0);
    for (let block = 0n; block < 60n; block++) {
      const want = normals32Of(wordsOf(key, block, 4096), narrow, wide, scalarOf(key, block));
      close(stream(4).normals32(block, 8192), want, 2 ** -23);
    }
  });

  test("scalar: 40,000 draws", () => {
    const key = makeKey(5, 0, 1);
    const scalar = scalarOf(key, 77n);
    close(
      stream(5, 0, 1).scalarNormals(77, 40000),
      Array.from({ length: 40000 }, () => scalarNormal(wide, scalar)),
      2e-11,
    );
  });
});

test("the number at an index does not depend on how many are drawn", () => {
  const draws = stream(6);
  for (const block of [0, 1, 12345]) {
    const many = draws.normals(block, 5000).slice();
    const many32 = draws.normals32(block, 5000).slice();
    for (const count of [8, 1000, 1024, 1032, 2056]) {
      expect(draws.normals(block, count)).toEqual(many.subarray(0, count));
      expect(draws.normals32(block, count)).toEqual(many32.subarray(0, count));
    }
  }
});

test.each([4, 1000, 1028])("writes %d numbers and not one more", (count) => {
  const { exports, memory } = core;
  const [state, key, out] = [core.f64(16), core.f64(16), core.f64(count + 8)];
  const all = new Float64Array(memory.buffer, out, count + 8);
  exports.makeKey(key, 1, 0, 0);
  for (const [kernel, bytes] of [
    ["fillNormals", 8],
    ["fillNormals32", 4],
  ] as const) {
    const rounded = bytes === 4 ? Math.ceil(count / 8) * 8 : count;
    all.fill(12345);
    exports.seekBlock(state, key, 0n);
    exports[kernel](state, key, 0n, out, rounded);
    const after = new Uint8Array(memory.buffer, out + bytes * rounded, 8 * (count + 8) - bytes * rounded);
    const canary = new Uint8Array(new Float64Array(count + 8).fill(12345).buffer, bytes * rounded);
    expect([...after]).toEqual([...canary]);
  }
});

/** Chunks of draws that add up to about 1e7. */
const sources: Record<string, { ziggurat: Ziggurat; chunks: () => Generator<ArrayLike<number>> }> = {
  "f64, long blocks": {
    ziggurat: wide,
    *chunks() {
      for (let block = 0; block < 10; block++) yield stream(1).normals(block, 2 ** 20);
    },
  },
  "f64, re-keyed blocks of d = 1000 and their noise, four replicas in turn": {
    ziggurat: wide,
    *chunks() {
      const replicas = [0, 1, 2, 3].map((s) => stream(2, s));
      for (let round = 0; round < 10000; round++) yield replicas[round % 4].normals(round >> 2, 1004);
    },
  },
  "f64, the first eight of a million blocks": {
    ziggurat: wide,
    *chunks() {
      const draws = stream(3);
      const rows = new Float64Array(2 ** 20);
      for (let block = 0; block < 2 ** 20; ) {
        for (let at = 0; at < rows.length; at += 8) rows.set(draws.normals(block++, 8), at);
        yield rows;
      }
    },
  },
  "f32, long blocks": {
    ziggurat: narrow,
    *chunks() {
      for (let block = 0; block < 10; block++) yield stream(4).normals32(block, 2 ** 20);
    },
  },
  "f32, re-keyed blocks of d = 500 and their noise": {
    ziggurat: narrow,
    *chunks() {
      const draws = stream(5);
      for (let block = 0; block < 20000; block++) yield draws.normals32(block, 504);
    },
  },
  scalar: {
    ziggurat: wide,
    *chunks() {
      for (let block = 0; block < 5; block++) yield stream(6).scalarNormals(block, 2 ** 20);
    },
  },
};

describe.each(Object.keys(sources))("%s", (name) => {
  test("moments to order 8, bins, the ziggurat's layers, correlations 1 to 4 apart (1e-6)", () => {
    const { ziggurat, chunks } = sources[name];
    const tally = new NormalTally(ziggurat);
    for (const chunk of chunks()) tally.add(chunk);
    expectPlausible(tally.pValues());
  });
});

test("the tally finds a ziggurat that mends nothing", () => {
  const tally = new NormalTally(wide);
  for (let block = 0; block < 4; block++) {
    const words = stream(1).words(block, 2 ** 20);
    const half = new Uint32Array(words.buffer, words.byteOffset, 2 ** 21);
    tally.add(
      Float64Array.from({ length: 2 ** 20 }, (_, i) => {
        const [low, high] = [half[2 * i], half[2 * i + 1]];
        return (high * 2 ** -32 + (low >>> 12) * 2 ** -52 - 0.5) * 2 * wide.x[low & 1023];
      }),
    );
  }
  const p = tally.pValues();
  expect(p.wedges).toBeLessThan(1e-8);
  expect(() => expectPlausible(p)).toThrow("improbable");
});

test("Kolmogorov-Smirnov on 1e6 draws of each kind (1e-6)", () => {
  const draws = stream(7);
  expectPlausible({
    f64: kolmogorovP(draws.normals(0, 1e6).slice(), normalCdf),
    f32: kolmogorovP(Float64Array.from(draws.normals32(1, 1e6)), normalCdf),
    scalar: kolmogorovP(draws.scalarNormals(2, 1e6).slice(), normalCdf),
  });
});

describe("the tails of 6e7 draws (1e-6)", () => {
  test.each([
    ["f64", wide.r, (block: number) => stream(8).normals(block, 2 ** 20)],
    ["f32", narrow.r, (block: number) => stream(9).normals32(block, 2 ** 20)],
  ] as const)("%s: frequencies beyond 3, 4, 5 and r = %f, and the law beyond r", (_, r, fill) => {
    const tally = new TailTally([3, r, 4, 4.5, 5], r);
    for (let block = 0; block < 57; block++) tally.add(fill(block));
    expectPlausible(tally.pValues());
  });
});

test("no correlation between blocks, streams, purposes, seeds and kinds (1e-6)", () => {
  const n = 2 ** 19;
  const base = stream(10).normals(0, n).slice();
  const others: Record<string, ArrayLike<number>> = {
    "next block": stream(10).normals(1, n).slice(),
    "block 2^53": stream(10)
      .normals(2n ** 53n, n)
      .slice(),
    "block 2^62": stream(10)
      .normals(2n ** 62n, n)
      .slice(),
    "next stream": stream(10, 1).normals(0, n).slice(),
    "stream 16": stream(10, 16).normals(0, n).slice(),
    "next purpose": stream(10, 0, 1).normals(0, n).slice(),
    "purpose 2": stream(10, 0, 2).normals(0, n).slice(),
    "next seed": stream(11).normals(0, n).slice(),
    "seed 2^52": stream(2 ** 52)
      .normals(0, n)
      .slice(),
    "scalar draws of the block": stream(10).scalarNormals(0, n).slice(),
    "the block shifted by a lane": Float64Array.from({ length: n }, (_, i) => base[(i + 1) % n]),
    "f32 draws of the next block": Float64Array.from(stream(10).normals32(1, n)),
  };
  const correlations = Object.entries(others).flatMap(([name, other]) => {
    let plain = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      plain += base[i] * other[i];
      squares += (base[i] ** 2 - 1) * (other[i] ** 2 - 1);
    }
    return [
      [name, normalTwoSided(plain / Math.sqrt(n))],
      [`${name}, squares`, normalTwoSided(squares / Math.sqrt(4 * n))],
    ] as const;
  });
  expectPlausible(Object.fromEntries(correlations));
});

test("no correlation between the same place of neighbouring blocks, nor of neighbouring seeds and streams (1e-6)", () => {
  const n = 2 ** 17;
  const p: Record<string, number> = {};
  const fills: Record<string, (i: number) => Float64Array> = {
    blocks: (
      (draws) => (i) =>
        draws.normals(i, 8)
    )(stream(12)),
    seeds: (i) => stream(i).normals(0, 8),
    streams: (i) => stream(12, i).normals(0, 8),
  };
  for (const [name, fill] of Object.entries(fills)) {
    const rows = new Float64Array(8 * n);
    for (let i = 0; i < n; i++) rows.set(fill(i), 8 * i);
    for (let place = 0; place < 8; place++) {
      for (const lag of [1, 2, 3]) {
        let sum = 0;
        for (let i = lag; i < n; i++) sum += rows[8 * i + place] * rows[8 * (i - lag) + place];
        p[`${name} ${lag} apart, place ${place}`] = normalTwoSided(sum / Math.sqrt(n - lag));
      }
    }
  }
  expectPlausible(p);
});
