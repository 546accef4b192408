// What the core exports, simulations and theory in one: nothing is computed here.
export * from "./simulation";
export { dopri5Advance, dopri5Start, odeFields, odePrepare, rightHandSide, schedulePiece } from "./theory";
