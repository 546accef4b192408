// What the ODE takes from the core; a binary of its own, loaded with the first integration.
export { activationNames, initialise } from "./core";
export { arenaAllocate, arenaFree } from "./memory";
export { dopri5Advance, dopri5Start } from "./ode/dopri5";
export { odeFields, odePrepare, rightHandSide } from "./ode/right-hand-side";
export { schedulePiece } from "./schedule";
