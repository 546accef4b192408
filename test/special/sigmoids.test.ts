// tanh, logistic, softplus and GELU against 50-digit arithmetic (test/fixtures/make-sigmoids.py).
import { describe, expect, test } from "vitest";
import { codeOf } from "../support/activations.js";
import { type Core, canonicalBits, loadCore } from "../support/core.js";
import { doubles, errorsOf, readFixture } from "../support/exact.js";

const fixture = readFixture("sigmoids");
const names = ["tanh", "logistic", "softplus", "gelu"] as const;
type Name = (typeof names)[number];
const release = loadCore("release");
const debug = loadCore("debug");

/** Values and slopes. */
function both(core: Core, name: Name, x: ArrayLike<number>): [Float64Array, Float64Array] {
  const n = x.length;
  const [s, ds] = [core.f64(n + 2), core.f64(n + 2)];
  core.exports.activate(codeOf(core, name), core.f64([...Array.from(x), 0]), s, ds, n);
  return [core.read(s, n), core.read(ds, n)];
}
const valueAt = (name: Name, x: number) => both(release, name, [x])[0][0];
const slopeAt = (name: Name, x: number) => both(release, name, [x])[1][0];
const argumentsOf = (name: Name) => doubles(fixture[name].x);

describe("errors against 50-digit arithmetic", () => {
  // Largest error allowed, and the mean over the points. Beside them the largest error of a search with 113-bit arithmetic, 1.5e6 points in each of
  // six ranges.
  test.each([
    ["tanh", "value", 0, 3.1, 0.5], // 2.95
    ["tanh", "slope", 1, 4.4, 0.6], // 4.22
    ["logistic", "value", 0, 2.8, 0.42], // 2.65
    ["logistic", "slope", 1, 4.2, 0.7], // 4.02
    ["softplus", "value", 0, 2, 0.36], // 1.88
    ["softplus", "slope", 1, 2.8, 0.42], // 2.65
    ["gelu", "value", 0, 4.7, 0.56], // 4.54
  ] as const)("%s: %s", (name, column, index, largest, average) => {
    const { ulps, mean } = errorsOf(both(release, name, argumentsOf(name))[index], fixture[name][column]);
    expect(ulps).toBeLessThan(largest);
    expect(mean).toBeLessThan(average);
    expect(ulps).toBeGreaterThan(0.49);
  });

  test("the slope of GELU, which is 0 at -0.75: absolutely, and relatively in the tail", () => {
    const [, slopes] = both(release, "gelu", argumentsOf("gelu"));
    const { each, absolute } = errorsOf(slopes, fixture.gelu.slope);
    expect(absolute).toBeLessThan(3.2e-16); // 3.03e-16
    const tail = each.filter((_, i) => argumentsOf("gelu")[i] < -2);
    expect(tail.length).toBeGreaterThan(300);
    expect(Math.max(...tail)).toBeLessThan(3.6); // 3.37
  });
});

describe("special values", () => {
  const tiny = 5e-324;
  // biome-ignore format: a table
  const values: [Name, [x: number, s: number, ds: number][]][] = [
    ["tanh", [[0, 0, 1], [-0, -0, 1], [tiny, tiny, 1], [-tiny, -tiny, 1], [30, 1, 3.502604305078608e-26], [1e308, 1, 0],
      [Infinity, 1, 0], [-Infinity, -1, 0], [NaN, NaN, NaN]]],
    ["logistic", [[0, 0.5, 0.25], [-0, 0.5, 0.25], [40, 1, 4.248354255291589e-18], [-745.1, tiny, tiny], [1e308, 1, 0], [-1e308, 0, 0],
      [Infinity, 1, 0], [-Infinity, 0, 0], [NaN, NaN, NaN]]],
    ["softplus", [[0, Math.LN2, 0.5], [-0, Math.LN2, 0.5], [40, 40, 1], [-745.1, tiny, tiny], [1e308, 1e308, 1], [-1e308, 0, 0],
      [Infinity, Infinity, 1], [-Infinity, 0, 0], [NaN, NaN, NaN]]],
    ["gelu", [[0, 0, 0.5], [-0, 0, 0.5], [40, 40, 1], [-40, 0, 0], [1e308, 1e308, 1], [-1e308, 0, 0], [Infinity, Infinity, 1], [-Infinity, 0, 0],
      [NaN, NaN, NaN]]],
  ];
  test.each(values)("%s", (name, cases) => {
    for (const [x, s, ds] of cases) {
      // the sign of zero tells nothing but of tanh
      expect(valueAt(name, x) + (name === "tanh" ? -0 : 0), `${name}(${x})`).toBe(s);
      expect(slopeAt(name, x) + 0, `slope of ${name} at ${x}`).toBe(ds);
    }
  });

  test("a NaN with any bits, in either lane, gives NaN there and only there", () => {
    for (const name of names) {
      for (const lane of [0, 1]) {
        for (const bits of [0x7ff8000000000000n, 0x7fffffffffffffffn, 0xfff8deadbeef1234n, 0x7ff0000000000001n]) {
          const x = new Float64Array([0.25, 0.25]);
          new BigUint64Array(x.buffer)[lane] = bits;
          const address = release.f64(2);
          // as bits: a copy by value may change them
          new BigUint64Array(release.memory.buffer, address, 2).set(new BigUint64Array(x.buffer));
          const [s, ds] = [release.f64(2), release.f64(2)];
          release.exports.activate(codeOf(release, name), address, s, ds, 2);
          for (const out of [s, ds]) {
            expect(release.read(out, 2)[lane]).toBeNaN();
            expect(release.read(out, 2)[1 - lane]).not.toBeNaN();
          }
        }
      }
    }
  });
});

describe("laws", () => {
  const all = Float64Array.from(names.flatMap((name) => [...argumentsOf(name)]));
  const minus = all.map((x) => -x);
  const bits = canonicalBits;

  test("tanh is odd and its slope even, bit for bit; so is the logistic function's", () => {
    const [plus, other] = [both(release, "tanh", all), both(release, "tanh", minus)];
    expect(bits(other[0].map((v) => -v))).toEqual(bits(plus[0]));
    expect(bits(other[1])).toEqual(bits(plus[1]));
    expect(bits(both(release, "logistic", minus)[1])).toEqual(bits(both(release, "logistic", all)[1]));
  });

  test("the slope of softplus is the logistic function, bit for bit", () => {
    expect(bits(both(release, "softplus", all)[1])).toEqual(bits(both(release, "logistic", all)[0]));
  });

  test("nothing is out of its range, but slopes by a rounding", () => {
    const rounding = 2 ** -52;
    const within = (values: Float64Array, least: number, most: number) =>
      expect(values.every((v) => v >= least && v <= most)).toBe(true);
    within(both(release, "tanh", all)[0], -1, 1);
    within(both(release, "tanh", all)[1], 0, 1 + rounding);
    within(both(release, "logistic", all)[0], 0, 1);
    within(both(release, "logistic", all)[1], 0, 0.25 + rounding / 4);
    expect(both(release, "softplus", all)[0].every((v, i) => v >= Math.max(all[i], 0))).toBe(true);
    expect(both(release, "gelu", all)[0].every((v, i) => v <= Math.max(all[i], 0) && v >= -0.17)).toBe(true);
  });

  test.each(names)("%s has the same bits in the debug build, and in either lane", (name) => {
    const expected = both(release, name, all).map(bits);
    expect(both(debug, name, all).map(bits)).toEqual(expected);
    const shifted = both(release, name, [0.3, ...all]).map((v) => bits(v.slice(1)));
    expect(shifted).toEqual(expected);
  });
});
