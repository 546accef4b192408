// What loads with the first integration.
export { asymptoticRisk, maximalLearningRate } from "./asymptotic.js";
export { continueFixedPoint } from "./continue-fixed-point.js";
export { fixedPoint } from "./fixed-point.js";
export { integrate } from "./integrate.js";
export { meanStep } from "./mean-step.js";
export { rightHandSide } from "./right-hand-side.js";
