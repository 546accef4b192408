// atan2 in the right half-plane, two lanes at a time, against 50-digit arithmetic (test/fixtures/make-special.py).
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Core, loadCore } from "../support/core.js";

const { atan2 } = JSON.parse(readFileSync(new URL("../fixtures/special.json", import.meta.url), "utf8"));
const bytes = (column: string) => Uint8Array.from(atob(column), (c) => c.charCodeAt(0)).buffer;
// the table's arguments are (y, x)
const [ys, xs, values] = [atan2.x, atan2.y, atan2.atan2.value].map((column) => new Float64Array(bytes(column)));
const residuals = new Int16Array(bytes(atan2.atan2.residual));

function angles(core: Core, y: ArrayLike<number>, x: ArrayLike<number>): Float64Array {
  const out = core.f64(y.length);
  core.exports.atan2RightArray(core.f64(y), core.f64(x), out, y.length);
  return core.read(out, y.length);
}
const release = loadCore("release");
const debug = loadCore("debug");

/** The right half of the table, an even number of points. */
const right = [...xs.keys()].filter((i) => xs[i] > 0);
right.length -= right.length % 2;
const y = right.map((i) => ys[i]);
const x = right.map((i) => xs[i]);

describe("atan2RightPair", () => {
  test("to 2.4 ulp", () => {
    expect(right.length).toBeGreaterThan(400);
    let worst = 0;
    angles(release, y, x).forEach((angle, i) => {
      const value = values[right[i]];
      const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 52);
      worst = Math.max(worst, Math.abs((angle - value) / unit - residuals[right[i]] / 65536));
    });
    // a dense search with 64-bit significands finds 2.36
    expect(worst).toBeLessThan(2.4);
    expect(worst).toBeGreaterThan(0.49);
  });

  test("the debug build has the same bits, and lanes do not matter", () => {
    const got = angles(release, y, x);
    expect(angles(debug, y, x)).toEqual(got);
    expect(angles(release, y.toReversed(), x.toReversed()).toReversed()).toEqual(got);
  });

  test("on the axes and the diagonal", () => {
    const quarter = 0.7853981633974483;
    const table = [
      [0, 0, 0],
      [0, 1, 0],
      [3, 0, 2 * quarter],
      [-3, 0, -2 * quarter],
      [5e-324, 0, 2 * quarter],
      [7, 7, quarter],
      [-7, 7, -quarter],
      [1e-320, 1e300, 0],
    ];
    const got = angles(
      release,
      table.map(([a]) => a),
      table.map(([, b]) => b),
    );
    expect([...got]).toEqual(table.map(([, , angle]) => angle));
  });
});
