// The core with the parts that tests and benches reach one by one.
export * from "./index";
export { activate } from "./activations";
export { drift, noisePairs, secondLayerDrift, writePairs } from "./integrals/erf";
export { pairIntegral } from "./integrals/pair";
export { gramF32, gramF64, matvecF32, matvecF64, rankOneF32, rankOneF64, updateThenMatvecF32, updateThenMatvecF64 } from "./linalg/kernels";
export { chainStepsWithSums } from "./online/chain-drift";
export { chainStepGiven } from "./online/omega-chain";
export { fillChiSquares } from "./random/chi-buffer";
export { fillNormals, fillNormals32 } from "./random/normal";
export { fillWords, seekBlock } from "./random/stream";
export { scheduleAt } from "./schedule";
export * from "./special/arrays";
export { asin } from "./special/asin";
export { erf, scaledErf, scaledErfSlope } from "./special/erf";
export { ERF_TABLE, initialiseErfTable } from "./special/erf-table";
export { expm1 } from "./special/exp";
export { log1p } from "./special/log";
export { atan2, sinCos } from "./special/trig";
