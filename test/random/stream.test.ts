// Raw words: bit-exact against the generator written again in BigInt, random by a battery of our own, and frozen by hashes.
import { describe, expect, test } from "vitest";
import { battery } from "../support/battery.js";
import { expectPlausible } from "../support/statistics.js";
import { makeKey, mix, scalarOf, wordsOf } from "../support/stream-reference.js";
import { loadStreams, type Stream } from "../support/streams.js";

const { core, stream } = loadStreams();

const addresses: [seed: number, stream: number, purpose: number][] = [
  [0, 0, 0],
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [20260101, 7, 2],
  [2 ** 53 - 1, 2 ** 53 - 1, 15],
  [2 ** 32, 2 ** 32, 3],
];
const blocks = [0n, 1n, 2n, 1023n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n];

test("SplitMix64's output function gives the published sequence of seed 0", () => {
  // the first outputs of splitmix64.c (Vigna), state advanced by 2^64 / golden ratio
  const states = [1n, 2n, 3n].map((i) => BigInt.asUintN(64, i * 0x9e3779b97f4a7c15n));
  expect(states.map(mix)).toEqual([0xe220a8397b1dcdafn, 0x6e789e6aa1b965f4n, 0x06c45d188009454fn]);
});

describe.each(addresses)("seed %d, stream %d, purpose %d", (seed, index, purpose) => {
  const draws = stream(seed, index, purpose);
  const key = makeKey(seed, index, purpose);

  test("has the key of the reference", () => {
    expect([...draws.key]).toEqual(key);
  });

  test("has the words of the reference in every block, all four generators", () => {
    for (const block of blocks) expect([...draws.words(block, 64)], `block ${block}`).toEqual(wordsOf(key, block, 64));
  });
});

test("a block goes on where it stopped: fillWords advances the state", () => {
  const { exports, memory } = core;
  const [state, key, out] = [core.f64(16), core.f64(16), core.f64(40)];
  exports.makeKey(key, 5, 6, 0);
  exports.seekBlock(state, key, 9n);
  for (const [from, count] of [
    [0, 4],
    [4, 12],
    [16, 24],
  ])
    exports.fillWords(state, out + 8 * from, count);
  expect([...new BigUint64Array(memory.buffer, out, 40)]).toEqual(wordsOf(makeKey(5, 6, 0), 9n, 40));
});

test("the key of a block's repairs is 2^63 blocks away from every block of inputs", () => {
  // generator 0 of block b + 2^63 is the scalar generator of block b: its words are reached by address too
  const key = makeKey(3, 4, 0);
  const scalar = scalarOf(key, 12n);
  const first = Array.from({ length: 8 }, () => scalar.next());
  const other = wordsOf([key[0], 0n, key[1], 0n, key[2], 0n, key[3], ...new Array(9).fill(0n)], 12n + 2n ** 63n, 32);
  expect(other.filter((_, n) => n % 4 === 0)).toEqual(first);
});

const COUNT = 2 ** 20;

/** Rounds of `width` words, each filled by `fill(round)`, copied in order. */
function gather(width: number, fill: (round: number) => BigUint64Array): BigUint64Array {
  const words = new BigUint64Array(COUNT);
  for (let at = 0, round = 0; at < COUNT; at += width, round++) words.set(fill(round), at);
  return words;
}

const sources: Record<string, () => BigUint64Array> = {
  "one block": () => stream(20260101).words(0, COUNT).slice(),
  // what simulations read: 64 words of each of four streams, then the next block; the keys of two seeds in turn
  "re-keyed, interleaved blocks": () => {
    const streams: Stream[] = [1, 2].flatMap((seed) => [0, 1, 2, 3].map((s) => stream(seed, s)));
    return gather(64, (round) => streams[round % 8].words(round >> 3, 64));
  },
  "the first words of each block": () => {
    const draws = stream(4);
    return gather(4, (block) => draws.words(block, 4));
  },
  "the first words of each seed": () => gather(4, (seed) => stream(seed).words(0, 4)),
  "the first words of each stream": () => gather(4, (index) => stream(0, index).words(0, 4)),
};

describe("random by the battery (false alarm 1e-6 each)", () => {
  test.each(Object.keys(sources))("%s", (name) => {
    expectPlausible(battery(sources[name]()));
  });

  test("which finds what is not random", () => {
    const good = sources["one block"]().subarray(0, COUNT / 4);
    // word i of a source that is not random, in place of that of a good one
    const spoiled: Record<string, (words: BigUint64Array, i: number) => bigint> = {
      "a bit that is 1 in 51 of 100 words": (words, i) => (i % 50 === 0 ? words[i] | 1n : words[i]),
      "a lane that repeats its neighbour": (words, i) => words[i % 4 === 3 ? i - 1 : i],
      "blocks of 64 that come twice": (words, i) => words[i % 128 > 63 ? i - 64 : i],
      "a counter without mixing": (_, i) => BigInt.asUintN(64, BigInt(i) * 0x9e3779b97f4a7c15n),
    };
    for (const [what, spoil] of Object.entries(spoiled)) {
      const words = good.map((_, i) => spoil(good, i));
      expect(() => expectPlausible(battery(words)), what).toThrow("improbable");
    }
  });
});
