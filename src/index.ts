// The public list, nothing else.

export {
  asymptoticRisk,
  continueFixedPoint,
  ensemble,
  excessRisk,
  fixedPoint,
  integrate,
  maximalLearningRate,
  meanField,
  meanStep,
  phaseDiagram,
  rightHandSide,
  simulate,
} from "./default-engine.js";
export { type EarlyStop, earlyStopping } from "./early-stopping.js";
export { createEngine, type Engine, type EngineOptions } from "./engine.js";
export type { EnsembleOptions } from "./ensemble.js";
export type { Covariance, Curves, Ensemble } from "./ensemble-result.js";
export { type ErrorCode, SgdDynamicsError, shown } from "./errors.js";
export type { AsymptoticOptions, MaximalLearningRateOptions } from "./fixed-points/asymptotic.js";
export type {
  BranchPoint,
  ContinuedParameter,
  ContinueOptions,
  FixedPointBranch,
} from "./fixed-points/continue-fixed-point.js";
export type { FixedPoint, FixedPointOptions } from "./fixed-points/fixed-point.js";
export type { NearName } from "./fixed-points/near.js";
export type { Direction } from "./fixed-points/null-space.js";
export type { Complex } from "./linalg/eigenvalues.js";
export type { Density, DensityOptions, Quantity } from "./mean-field/density.js";
export type { MeanFieldOptions } from "./mean-field/mean-field.js";
export type { MeanField, Particles, Representation } from "./mean-field/result.js";
export type { EventDirection, EventFunction, EventInput, EventOptions, NamedEvent } from "./ode/events.js";
export type { IntegrateOptions } from "./ode/integrate.js";
export type { RightHandSide } from "./ode/right-hand-side.js";
export type { Save } from "./options.js";
export type { Progress, RunControl } from "./pace.js";
export type { Cell, MeasuredPoint, Measurement } from "./phase-diagram/cell-types.js";
export type { Exponent } from "./phase-diagram/fit.js";
export type { Label } from "./phase-diagram/label.js";
export type { PhaseDiagram, PhaseDiagramOptions } from "./phase-diagram/phase-diagram.js";
export { type Exponents, type Region, type RegionName, region } from "./phase-diagram/region.js";
export { problem } from "./problem.js";
export type {
  Activation,
  ActivationInput,
  ActivationName,
  FiniteSet,
  MatrixInput,
  Problem,
  ProblemInput,
  SampleOrder,
  Schedule,
  ScheduleInput,
  Spectrum,
  Start,
  StartInput,
} from "./problem-types.js";
export type { State } from "./row.js";
export type { SavedRow } from "./saved-row.js";
export type { SimulateOptions } from "./simulate.js";
export { type Numbers, orderParameters, type StateInput } from "./state.js";
export { type Statistics, type Status, Trajectory, type TrajectoryEvent } from "./trajectory.js";
export type { WasmSource } from "./wasm/core.js";
export type { Terms } from "./wasm/ode.js";
export type { Precision } from "./wasm/simulation.js";
export type { Solver } from "./wasm/solver.js";
export type { WebWorker } from "./workers/port.js";
