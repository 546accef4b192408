// What classifiers take from the core; a binary of its own, so that neither half of the library loads the other's.
export { classifierBatch } from "./classifier/batch";
export { packWeights, unpackWeights } from "./classifier/panels";
export { classifierFields, layerFields } from "./classifier/run";
export { fillStart } from "./classifier/start";
export { classifierLabels, classifierLoss, classifierOutputs, classifierSteps } from "./classifier/train";
export { activationNames, initialise } from "./core";
export { arenaAllocate, arenaFree } from "./memory";
export { fillScalarNormals } from "./random/gamma";
export { makeKey } from "./random/stream";
export { exp } from "./special/exp";
export { log } from "./special/log";
