// The special functions against 50-digit arithmetic (test/fixtures/make-special.py), their scalar twins, and the debug build.
import { describe, expect, test } from "vitest";
import { type Core, canonicalBits, loadCore } from "../support/core.js";
import { doubles, errorsOf, readFixture } from "../support/exact.js";

const fixture = readFixture("special");
const argumentsOf = (group: string) => doubles(fixture[group].x);
const errors = (computed: Float64Array, group: string, name: string) => errorsOf(computed, fixture[group][name]);

const release = loadCore("release");
const debug = loadCore("debug");
const targets: [string, Core][] = [
  ["release", release],
  ["debug", debug],
];

/** Every kernel of arrays.ts on arguments of its own: what it writes, column by column. */
const kernels: Record<string, (core: Core, x: ArrayLike<number>, y?: ArrayLike<number>) => Float64Array[]> = {
  exp: unary("expArray"),
  log: unary("logArray"),
  erf: unary("erfArray"),
  asin: unary("asinArray"),
  expm1: scalar("expm1"),
  log1p: scalar("log1p"),
  activation(core, x) {
    const s = core.f64(x.length);
    const ds = core.f64(x.length);
    core.exports.scaledErfArray(core.f64(x), s, ds, x.length);
    return [core.read(s, x.length), core.read(ds, x.length)];
  },
  trig(core, x) {
    const out = core.f64(2 * x.length);
    core.exports.sinCosArray(core.f64(x), out, x.length);
    const both = core.read(out, 2 * x.length);
    return [both.filter((_, i) => i % 2 === 0), both.filter((_, i) => i % 2 === 1)];
  },
  atan2(core, y, x) {
    const out = core.f64(y.length);
    core.exports.atan2Array(core.f64(y), core.f64(x!), out, y.length);
    return [core.read(out, y.length)];
  },
};

function unary(name: string) {
  return (core: Core, x: ArrayLike<number>) => {
    const out = core.f64(x.length);
    core.exports[name](core.f64(x), out, x.length);
    return [core.read(out, x.length)];
  };
}

function scalar(name: string) {
  return (core: Core, x: ArrayLike<number>) => [Float64Array.from(x, (v) => core.exports[name](v))];
}

/** The scalar twin of one column of a kernel. */
const twins: [group: string, column: number, name: string][] = [
  ["exp", 0, "exp"],
  ["log", 0, "log"],
  ["erf", 0, "erf"],
  ["asin", 0, "asin"],
  ["activation", 0, "scaledErf"],
  ["activation", 1, "scaledErfSlope"],
];

// what an argument reduction or a table look-up might fall over
// biome-ignore format: a table
const odd = [0, -0, Infinity, -Infinity, Number.NaN, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
  -1.7976931348623157e308, 1, -1, 0.5, -0.5, 0.5000000000000001, 1.0000000000000002, 2, -2, 710, -746, 5.996, -6, 131072, 131073];

describe("errors against 50-digit arithmetic", () => {
  // Largest error allowed, and the mean over the points (rounding alone leaves 0.25; a lost low part shows there first).
  // Beside them the largest error of a dense search with 113-bit arithmetic, 1.5e6 points in each of several ranges.
  test.each([
    ["exp", "exp", 0, 1, 0.26], // 0.95
    ["expm1", "expm1", 0, 1.8, 0.2], // 1.70
    ["log", "log", 0, 0.9, 0.19], // 0.83
    ["log1p", "log1p", 0, 1.6, 0.15], // 1.44
    ["erf", "erf", 0, 1.7, 0.36], // 1.61
    ["activation", "scaledErf", 0, 1.7, 0.39], // 1.62
    ["asin", "asin", 0, 2.2, 0.28], // 2.06
    ["trig", "sin", 0, 0.85, 0.19], // 0.78
    ["trig", "cos", 1, 0.85, 0.19], // 0.78
    ["atan2", "atan2", 0, 2.4, 0.3], // 2.23
  ])("%s: %s", (group, name, column, largest, average) => {
    const y = fixture[group].y && doubles(fixture[group].y);
    const { ulps, mean } = errors(kernels[group](release, argumentsOf(group), y)[column], group, name);
    expect(ulps).toBeLessThan(largest);
    expect(mean).toBeLessThan(average);
    // the points include some whose exact value lies close to the middle of two doubles
    expect(ulps).toBeGreaterThan(0.49);
  });

  test("the slope of the activation, absolutely", () => {
    const [, slopes] = kernels.activation(release, argumentsOf("activation"));
    expect(errors(slopes, "activation", "slope").absolute).toBeLessThan(1.4e-16);
  });

  test.each(targets)("every entry of the table of erf is the nearest double (%s)", (_, core) => {
    const expected = doubles(fixture.erfTable);
    const address = (core.exports.ERF_TABLE as unknown as WebAssembly.Global).value;
    expect(core.read(address, expected.length)).toEqual(expected);
  });
});

describe("special values", () => {
  const { exports: f } = release;
  const tiny = 5e-324;
  // biome-ignore format: a table
  const table: [name: string, values: [argument: number, value: number][]][] = [
    ["exp", [[0, 1], [-0, 1], [Infinity, Infinity], [-Infinity, 0], [NaN, NaN], [710, Infinity], [1e308, Infinity], [-746, 0], [-1e308, 0],
      [709.7827128933841, Infinity], [-745.1332191019411, tiny], [-745.14, 0]]],
    ["expm1", [[0, 0], [-0, -0], [Infinity, Infinity], [-Infinity, -1], [NaN, NaN], [tiny, tiny], [-50, -1], [710, Infinity]]],
    ["log", [[1, 0], [0, -Infinity], [-0, -Infinity], [-1, NaN], [-tiny, NaN], [-Infinity, NaN], [Infinity, Infinity], [NaN, NaN]]],
    ["log1p", [[0, 0], [-0, -0], [-1, -Infinity], [-1.5, NaN], [Infinity, Infinity], [-Infinity, NaN], [NaN, NaN], [tiny, tiny]]],
    ["erf", [[0, 0], [-0, -0], [Infinity, 1], [-Infinity, -1], [5.996, 1], [-6, -1], [1e308, 1], [NaN, NaN], [tiny, tiny]]],
    ["scaledErf", [[0, 0], [-0, -0], [Infinity, 1], [-9, -1], [NaN, NaN]]],
    ["scaledErfSlope", [[0, 0.7978845608028654], [-0, 0.7978845608028654], [NaN, NaN]]],
    ["asin", [[0, 0], [-0, -0], [1, Math.PI / 2], [-1, -Math.PI / 2], [1.0000000000000002, Math.PI / 2],
      [-2, -Math.PI / 2], [Infinity, Math.PI / 2], [NaN, NaN], [tiny, tiny]]],
  ];

  test.each(table)("%s", (name, values) => {
    for (const [argument, value] of values) expect(f[name](argument), `${name}(${argument})`).toBe(value);
  });

  test("exp is finite up to the largest argument for which it can be", () => {
    expect(f.exp(709.782712893384)).toBeLessThan(Infinity);
  });

  test("the slope far out is positive and negligible", () => {
    for (const x of [8.48, 9, 1e300, Infinity]) {
      expect(f.scaledErfSlope(x)).toBeGreaterThan(0);
      expect(f.scaledErfSlope(-x)).toBeLessThan(3e-16);
    }
  });

  test("sinCos: signs of zero, and NaN beyond 2^17", () => {
    const [sine, cosine] = kernels.trig(release, [0, -0, 131072.0000000001, -1e300, Infinity, Number.NaN]);
    expect([...sine]).toEqual([0, -0, NaN, NaN, NaN, NaN]);
    expect([...cosine]).toEqual([1, 1, NaN, NaN, NaN, NaN]);
  });

  test("atan2: the conventions of IEEE 754", () => {
    const pi = Math.PI;
    // biome-ignore format: a table
    const cases: [y: number, x: number, angle: number][] = [
      [0, 0, 0], [-0, 0, -0], [0, -0, pi], [-0, -0, -pi], [0, 1, 0], [-0, 1, -0], [0, -1, pi], [-0, -1, -pi],
      [1, 0, pi / 2], [1, -0, pi / 2], [-1, 0, -pi / 2], [1, 1, pi / 4], [-1, 1, -pi / 4], [1, -1, (3 * pi) / 4], [-1, -1, (-3 * pi) / 4],
      [Infinity, Infinity, pi / 4], [Infinity, -Infinity, (3 * pi) / 4], [-Infinity, 1, -pi / 2], [1, Infinity, 0], [-1, Infinity, -0],
      [1, -Infinity, pi], [-1, -Infinity, -pi], [NaN, 1, NaN], [1, NaN, NaN], [NaN, Infinity, NaN], [Infinity, NaN, NaN],
      [1.7e308, 1.7e308, pi / 4], [5e-324, 5e-324, pi / 4], [5e-324, 1, 5e-324],
    ];
    for (const [y, x, angle] of cases) expect(f.atan2(y, x), `atan2(${y}, ${x})`).toBe(angle);
  });

  test("a NaN with any bits, in either lane, gives NaN there and only there", () => {
    const x = release.f64([0.25, 0.25]);
    const out = release.f64(4);
    for (const name of ["expArray", "logArray", "erfArray", "scaledErfArray", "asinArray"]) {
      for (const lane of [0, 1]) {
        for (const bits of [0x7ff8000000000000n, 0x7fffffffffffffffn, 0xfff8deadbeef1234n, 0x7ff0000000000001n]) {
          const words = new BigUint64Array(release.memory.buffer, x, 2);
          words.set(new BigUint64Array(new Float64Array([0.25, 0.25]).buffer));
          words[lane] = bits;
          if (name === "scaledErfArray") f[name](x, out, out + 16, 2);
          else f[name](x, out, 2);
          const values = release.read(out, 2);
          expect(values[lane]).toBeNaN();
          expect(values[1 - lane]).not.toBeNaN();
        }
      }
    }
  });
});

describe("laws", () => {
  test.each(["erf", "asin"])("%s is odd, bit for bit", (name) => {
    const x = argumentsOf(name);
    const [plus] = kernels[name](release, x);
    const [minus] = kernels[name](
      release,
      x.map((v) => -v),
    );
    expect(canonicalBits(minus.map((v) => -v))).toEqual(canonicalBits(plus));
  });

  test.each(["activation", "trig"])("%s: an odd and an even function, bit for bit", (group) => {
    const x = argumentsOf(group);
    const [oddPlus, evenPlus] = kernels[group](release, x);
    const [oddMinus, evenMinus] = kernels[group](
      release,
      x.map((v) => -v),
    );
    expect(canonicalBits(oddMinus.map((v) => -v))).toEqual(canonicalBits(oddPlus));
    expect(canonicalBits(evenMinus)).toEqual(canonicalBits(evenPlus));
  });

  // the order of arguments decides which share a pair: each is tried in both lanes, beside usual and unusual ones
  const arrangements = (x: Float64Array) => [
    x,
    Float64Array.from([0.3, ...x]),
    Float64Array.from([...x].flatMap((v) => [v, Infinity])),
  ];

  test.each(twins)("pairs of %s have the bits of the scalar twin (column %i: %s)", (group, column, name) => {
    for (const x of arrangements(Float64Array.from([...argumentsOf(group), ...odd]))) {
      const pairs = kernels[group](release, x)[column];
      const scalars = Float64Array.from(x, (v) => release.exports[name](v));
      expect(canonicalBits(pairs)).toEqual(canonicalBits(scalars));
    }
  });

  test.each(Object.keys(kernels))("%s has the same bits in the debug build", (group) => {
    const x = Float64Array.from([...argumentsOf(group), ...odd]);
    const y = Float64Array.from([
      ...(fixture[group].y ? doubles(fixture[group].y) : argumentsOf(group)),
      ...odd.toReversed(),
    ]);
    const expected = kernels[group](debug, x, y).map(canonicalBits);
    expect(kernels[group](release, x, y).map(canonicalBits)).toEqual(expected);
  });

  test("kernels work in place and touch nothing beyond n, odd or even", () => {
    for (const n of [0, 1, 2, 5]) {
      const given = Float64Array.from({ length: 8 }, (_, i) => 0.1 * (i + 1));
      const block = release.f64(given);
      release.exports.expArray(block, block, n);
      const expected = given.map((v, i) => (i < n ? release.exports.exp(v) : v));
      expect(release.read(block, 8)).toEqual(expected);
    }
  });
});
