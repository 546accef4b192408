// The kernel of the exact Omega chain, in a binary of its own beside the core's exports: tested, not yet part of the library.
export {
  chainBytes, chainFields, chainLoad, chainMade, chainOrderParameters, chainPrepare, chainSave, chainStepGiven, chainSteps,
} from "./online/omega-chain";
export { fillChiSquares } from "./random/chi-buffer";
