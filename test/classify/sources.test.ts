// Predictions of other libraries as docs/classifiers.md takes them: TensorFlow.js itself, and what ONNX Runtime and PyTorch hand over.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { complexityCurve, complexityPhases, performanceExplained, predictedClasses } from "../../src/classify/index.js";
import { expectError } from "../support/errors.js";

const logits = [
  [2, 1, -1],
  [0, 0, 3],
  [-1, 4, 4],
  [1, 1, 1],
];
const classes = [0, 2, 1, 0];
const Y = [0, 2, 1, 1];
const L = [0, 1, 1, 0];

it("TensorFlow.js: argMax, and a sigmoid at one half", async () => {
  const tf = await import("@tensorflow/tfjs-core");
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  await tf.setBackend("wasm");
  const F = (await tf.argMax(tf.tensor2d(logits), -1).data()) as Int32Array;
  expect([...F]).toEqual(classes);
  expect(performanceExplained(F, Y, L)).toEqual(performanceExplained(classes, Y, L));
  const probabilities = await tf.sigmoid(tf.tensor1d([-3, 0.1, 2, -0.1])).data();
  expect([...predictedClasses(probabilities, 1, 0.5)]).toEqual([0, 1, 1, 0]);
});

it("ONNX Runtime: flat logits, and labels in a BigInt64Array", async () => {
  const output = { logits: { data: Float32Array.from(logits.flat()) }, label: { data: BigInt64Array.from(L, BigInt) } };
  expect([...predictedClasses(output.logits.data, 3)]).toEqual(classes);
  expect(performanceExplained(predictedClasses(output.logits.data, 3), Y, output.label.data)).toEqual(
    performanceExplained(classes, Y, L),
  );
  await expectError(() => predictedClasses([1, 2, 3], 2), "invalid-argument", "3 numbers", "classes = 2");
  await expectError(() => predictedClasses([1, Number.NaN], 2), "invalid-argument", "NaN", "sample 0");
  await expectError(() => predictedClasses(3 as never, 2), "invalid-argument", "scores is 3");
});

it("PyTorch: lists of predictions by step, as JSON", () => {
  const file = JSON.stringify({ steps: [0, 1], predictions: [[0, 0, 0, 0], classes], labels: Y, simple: L });
  const curve = complexityCurve(JSON.parse(file));
  expect(curve.points[1]).toEqual(performanceExplained(classes, Y, L));
  expect(complexityPhases(curve).T0).toBe(1);
});

it("a table of counts", () => {
  const { mu } = performanceExplained([
    [
      [300, 12],
      [40, 60],
    ],
    [
      [20, 70],
      [8, 290],
    ],
  ]);
  expect(mu.toFixed(6)).toBe("0.204288");
});
