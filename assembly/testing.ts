// The core with the parts that tests and benches reach one by one.
export * from "./index";
export { activate } from "./activations";
export { curvatureAdd, curvatureFactor, curvatureSolve } from "./classifier/curvature";
export { linearFeatures, linearGradient } from "./classifier/linear-fit";
export {
  classifierBatch, classifierFields, classifierLabels, classifierLoss, classifierOutputs, classifierSteps, fillStart, layerFields, packWeights, unpackWeights,
} from "./classify";
export { noiseScaling } from "./integrals/erf-scaling";
export { drift, noisePairs, secondLayerDrift, writePairs } from "./integrals/erf";
export { expand, expansionBytes } from "./integrals/expansion";
export {
  genericBytes, genericDrift, genericKnowsSlope, genericPrepare, genericSecondLayerDrift, genericSlopeProducts,
} from "./integrals/generic";
export { genericNoise, genericNoiseScaling } from "./integrals/generic-noise";
export { fourFields } from "./integrals/orthant";
export { pairIntegral } from "./integrals/pair";
export { initialisePathNodes } from "./integrals/path-nodes";
export {
  drift as reluDrift, secondLayerDrift as reluSecondLayerDrift, tableBytes as reluTableBytes, tabulate as reluTabulate,
} from "./integrals/relu";
export { noiseBytes as reluNoiseBytes, noisePairs as reluNoisePairs, slopeProducts as reluSlopeProducts } from "./integrals/relu-noise";
export { leakyI2 } from "./integrals/relu-pairs";
export { gramF32, gramF64, matvecF32, matvecF64, rankOneF32, rankOneF64, updateThenMatvecF32, updateThenMatvecF64 } from "./linalg/kernels";
export { luFactorPanel, luPanels, luSolve } from "./linalg/lu";
export { problemFunction, problemJacobian, problemNames } from "./ode/problem-set";
export { chainStepsWithSums } from "./online/chain-drift";
export { chainStepGiven } from "./online/omega-chain";
export { fillScalarUniforms } from "./random/gamma";
export { fillChiSquares } from "./random/chi-buffer";
export { fillNormals, fillNormals32 } from "./random/normal";
export { fillWords, seekBlock } from "./random/stream";
export { scheduleAt } from "./schedule";
export {
  polynomialBytes, polynomialDrift, polynomialNoise, polynomialNoiseScaling, polynomialPrepare, polynomialSecondLayerDrift, polynomialSlopeProducts,
} from "./integrals/polynomial";
export { hermite, legendre } from "./integrals/quadrature";
export { quasiRandomBytes, quasiRandomNoise, quasiRandomPrepare } from "./integrals/quasi-random";
export { describeSlope, slopeRule } from "./integrals/slopes";
export * from "./special/arrays";
export { asin } from "./special/asin";
export { atan2RightArray } from "./special/atan";
export { erf, scaledErf, scaledErfSlope } from "./special/erf";
export { ERF_TABLE, initialiseErfTable } from "./special/erf-table";
export { expm1 } from "./special/exp";
export { log1p } from "./special/log";
export { normalQuantile } from "./special/quantile";
export { atan2, sinCos } from "./special/trig";
