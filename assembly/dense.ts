// What simulations on explicit weights take from the core; a binary of its own, loaded with the first of them.
export { activationNames, initialise } from "./core";
export { arenaAllocate, arenaFree } from "./memory";
export { denseFlush, denseLoss, denseOrderParameters, denseSteps } from "./online/dense";
export { denseFields } from "./online/dense-run";
export { finiteSetStore } from "./online/finite-set";
export { flowStart, flowStep, flowTo } from "./online/finite-set-flow";
export { frameRow, frameWeights } from "./online/frame";
export { solverFields } from "./ode/solver";
export { makeKey } from "./random/stream";
export { schedulePiece } from "./schedule";
