/** Table indices of a problem's functions, for the parameter block of `Solver`. */
import { Jacobian, RightHandSide } from "./solver";
import { rightHandSide } from "./right-hand-side";
import { rightHandSideJacobian } from "./right-hand-side-jacobian";

const RIGHT_HAND_SIDE: RightHandSide = rightHandSide;
const JACOBIAN: Jacobian = rightHandSideJacobian;

export function odeFunction(jacobian: bool): i32 {
  return jacobian ? JACOBIAN.index : RIGHT_HAND_SIDE.index;
}
