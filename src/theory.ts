// What loads with the first integration.
export { asymptoticRisk, maximalLearningRate } from "./fixed-points/asymptotic.js";
export { continueFixedPoint } from "./fixed-points/continue-fixed-point.js";
export { fixedPoint } from "./fixed-points/fixed-point.js";
export { meanField } from "./mean-field/mean-field.js";
export { integrate } from "./ode/integrate.js";
export { meanStep } from "./ode/mean-step.js";
export { rightHandSide } from "./ode/right-hand-side.js";
