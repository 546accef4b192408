// What simulations on explicit weights take from the core; a binary of its own, loaded with the first of them.
export { activationNames, initialise } from "./core";
export { arenaAllocate, arenaFree } from "./memory";
export { denseFields, denseFlush, denseOrderParameters, denseSteps } from "./online/dense";
export { frameRow, frameWeights } from "./online/frame";
export { makeKey } from "./random/stream";
