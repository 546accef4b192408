// Equality bit for bit: tells zeros apart by sign; every NaN is the same.
import { expect } from "vitest";

/** Fails with the first index where two arrays of numbers differ in a bit. */
export function expectSameBits(got: ArrayLike<number>, want: ArrayLike<number>, what = "numbers"): void {
  expect(got.length, `${what}: length`).toBe(want.length);
  for (let i = 0; i < want.length; i++) {
    if (!Object.is(got[i], want[i])) expect(got[i], `${what}: number ${i} of ${want.length}`).toBe(want[i]);
  }
}
