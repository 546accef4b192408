// What the core exports, all parts in one: nothing is computed here.
export * from "./simulation";
export {
  denseFields, denseFlush, denseLoss, denseOrderParameters, denseSteps, finiteSetStore, flowStart, flowStep, flowTo, frameRow, frameWeights,
} from "./dense";
export {
  expandedRisk, integralsAreClosed, integralsBytes, integralsError, integralsPrepare, luPackedBytes, meanStepBytes, meanSteps, odeFields, odeFunction, odePrepare,
  particleFields, particleFunction,
  rightHandSide, rightHandSideJacobian, schedulePiece, slopeSquare, solverAdvance, solverFields, solverStart,
} from "./theory";
