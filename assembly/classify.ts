// What classifiers take from the core; a binary of its own, so that neither half of the library loads the other's.
export { classifierBatch } from "./classifier/batch";
export { packWeights, unpackWeights } from "./classifier/panels";
export { classifierFields, layerFields } from "./classifier/run";
export { fillStart } from "./classifier/start";
export { classifierLabels, classifierLoss, classifierOutputs, classifierSteps } from "./classifier/train";
export { activate } from "./activations";
export { curvatureAdd, curvatureFactor, curvatureSolve } from "./classifier/curvature";
export { linearFeatures, linearGradient } from "./classifier/linear-fit";
export { activationNames, initialise } from "./core";
export { arenaAllocate, arenaFree } from "./memory";
export { fillScalarNormals, fillScalarUniforms } from "./random/gamma";
export { makeKey } from "./random/stream";
export { sinCosArray } from "./special/arrays";
export { exp } from "./special/exp";
export { log } from "./special/log";
