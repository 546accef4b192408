// What chains and starts take from the core; a binary of its own, so that a page that only simulates loads no more.
export { activationNames, initialise } from "./core";
export { excessRisk } from "./integrals/pair";
export { arenaAllocate, arenaFree } from "./memory";
export {
  chainBytes, chainFields, chainLoad, chainMade, chainOrderParameters, chainPrepare, chainSave, chainSteps,
} from "./online/omega-chain";
export { fillChi, fillScalarNormals } from "./random/gamma";
export { makeKey } from "./random/stream";
export { exp } from "./special/exp";
export { log } from "./special/log";
