// What loads with the first integration.
export { integrate } from "./integrate.js";
export { rightHandSide } from "./right-hand-side.js";
