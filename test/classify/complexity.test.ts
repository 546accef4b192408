// The curves of Nakkiran et al. on a made-up training whose phases are known: F learns L first, then keeps it and goes on.
import { expect, it } from "vitest";
import { complexityCurve, complexityPhases } from "../../src/classify/information/complexity.js";
import { smallRandom } from "../../src/classify/random.js";
import { expectError } from "../support/errors.js";

const n = 20_000;
const random = smallRandom(3, 0);
const labels = Array.from({ length: n }, () => random.below(2));
/** Right in 80 %, and a hidden rule that is right in 95 % and contains L's right answers. */
const simple = labels.map((y) => (random.uniform() < 0.8 ? y : 1 - y));
const complex = labels.map((y, i) => (simple[i] === y || random.uniform() < 0.75 ? y : 1 - y));
const coin = labels.map(() => random.below(2));
const share = (part: number, one: number[], other: number[]) =>
  one.map((v, i) => (random.uniform() < part ? v : other[i]));
const input = {
  steps: [0, 1, 10, 100, 1000, 10_000],
  predictions: [
    coin,
    share(0.5, simple, coin),
    share(0.98, simple, coin),
    share(0.6, complex, simple),
    complex,
    complex,
  ],
  labels,
  simple,
};

it("finds T0, the departure and what is kept", () => {
  const curve = complexityCurve(input);
  const phases = complexityPhases(curve);
  expect(curve.points.map(({ n: samples }) => samples)).toEqual(Array(6).fill(n));
  // I(L;Y) = 1 - h2(.8)
  expect(Math.abs(curve.simple - 0.278072)).toBeLessThan(0.01);
  expect(phases).toMatchObject({ T0: 10, index: 2, reached: true, departure: 100, departureForGood: 100 });
  expect(phases.ratio).toBeGreaterThan(0.99);
  expect(phases.ratioNull).toBeLessThan(0.4);
  expect(phases.conditionalAtT0).toBeLessThan(0.003);
  expect(phases.retention).toBeGreaterThan(0.9);
  expect(phases.retentionNull).toBeLessThan(phases.retention - 0.1);
  expect(phases.variation).toBeLessThan(0.2);
  expect(phases.largest).toBeLessThan(curve.simple);
});

it("says so where nothing is reached", () => {
  const phases = complexityPhases(complexityCurve({ ...input, steps: [0, 1], predictions: [coin, coin] }));
  const never = { departure: undefined, departureForGood: undefined, variation: undefined };
  expect(phases).toMatchObject({ T0: 1, index: 1, reached: false, ...never });
});

it("tells a departure for good from one that is taken back", () => {
  const [, half, near, between, far] = input.predictions;
  const phases = (predictions: number[][]) =>
    complexityPhases(complexityCurve({ ...input, steps: [1, 2, 3, 4, 5], predictions }));
  expect(phases([half, far, near, between, far])).toMatchObject({ departure: 2, departureForGood: 4 });
  expect(phases([half, between, far, far, near])).toMatchObject({ departure: 2, departureForGood: undefined });
  expect(phases([far, far, far, far, far])).toMatchObject({ departure: 1, departureForGood: 1 });
});

it("scales with the unit, but not in its ratios", () => {
  const [bits, nats] = [complexityCurve(input), complexityCurve(input, { unit: "nats" })];
  expect(nats.simple / bits.simple).toBeCloseTo(Math.LN2, 14);
  expect(complexityPhases(nats).retention).toBeCloseTo(complexityPhases(bits).retention, 14);
});

it("says what is wrong", async () => {
  await expectError(() => complexityCurve({ ...input, steps: [0, 1] }), "invalid-argument", "predictions");
  await expectError(
    () => complexityCurve({ ...input, steps: [0, 1, 1, 2, 3, 4] }),
    "invalid-argument",
    "steps[2]",
    "increase",
  );
  await expectError(() => complexityCurve({ ...input, labels: [1] }), "invalid-argument", "Y has 1");
  await expectError(() => complexityPhases(undefined as never), "invalid-argument", "complexityCurve");
  await expectError(() => complexityPhases(complexityCurve(input), { reach: 2 }), "invalid-argument", "reach");
});
