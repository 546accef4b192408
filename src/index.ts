// The public list, nothing else.
export { ensemble, excessRisk, integrate, rightHandSide, simulate } from "./default-engine.js";
export { createEngine, type Engine, type EngineOptions } from "./engine.js";
export type { EnsembleOptions } from "./ensemble.js";
export type { Covariance, Curves, Ensemble } from "./ensemble-result.js";
export { type ErrorCode, SgdDynamicsError, shown } from "./errors.js";
export type { IntegrateOptions } from "./integrate.js";
export type { Save } from "./options.js";
export type { Progress, RunControl } from "./pace.js";
export { problem } from "./problem.js";
export type {
  ActivationName,
  MatrixInput,
  Problem,
  ProblemInput,
  Schedule,
  ScheduleInput,
  Spectrum,
  Start,
  StartInput,
} from "./problem-types.js";
export type { RightHandSide } from "./right-hand-side.js";
export type { State } from "./row.js";
export type { SavedRow } from "./saved-row.js";
export type { SimulateOptions } from "./simulate.js";
export { type Numbers, orderParameters, type StateInput } from "./state.js";
export { type Statistics, type Status, Trajectory, type TrajectoryEvent } from "./trajectory.js";
export type { WasmSource } from "./wasm/core.js";
export type { Terms } from "./wasm/ode.js";
export type { Precision } from "./wasm/simulation.js";
export type { WebWorker } from "./workers/port.js";
