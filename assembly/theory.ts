// What the ODE takes from the core; a binary of its own, loaded with the first integration.
export { activationNames, initialise } from "./core";
export { expandedRisk } from "./integrals/expanded-risk";
export { arenaAllocate, arenaFree } from "./memory";
export { solverAdvance, solverStart } from "./ode/advance";
export { meanStepBytes, meanSteps } from "./ode/mean-step";
export { odeFields, odePrepare, rightHandSide } from "./ode/right-hand-side";
export { rightHandSideJacobian } from "./ode/right-hand-side-jacobian";
export { odeFunction } from "./ode/functions";
export { solverFields } from "./ode/solver";
export { luPackedBytes } from "./linalg/lu";
export { schedulePiece } from "./schedule";
export { integralsAreClosed, integralsBytes, integralsError, integralsPrepare } from "./integrals/families";
export { slopeSquare } from "./integrals/slope-square";
export { particleFields, particleFunction } from "./mean-field/particles";
