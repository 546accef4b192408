/** The functions that compute, bound to one instance of the core. Theory and ensembles load when they are first asked for. */

import type { EnsembleOptions } from "./ensemble.js";
import type { Ensemble } from "./ensemble-result.js";
import { SgdDynamicsError } from "./errors.js";
import type { AsymptoticOptions, MaximalLearningRateOptions } from "./fixed-points/asymptotic.js";
import type { ContinueOptions, FixedPointBranch } from "./fixed-points/continue-fixed-point.js";
import type { FixedPoint, FixedPointOptions } from "./fixed-points/fixed-point.js";
import type { MeanFieldOptions } from "./mean-field/mean-field.js";
import type { MeanField } from "./mean-field/result.js";
import type { IntegrateOptions } from "./ode/integrate.js";
import type { RightHandSide } from "./ode/right-hand-side.js";
import { checkKeys } from "./options.js";
import { parametersOf } from "./parameters.js";
import type { PhaseDiagram, PhaseDiagramOptions } from "./phase-diagram/phase-diagram.js";
import { problem as checkedProblem, type ProblemInput } from "./problem.js";
import type { State } from "./row.js";
import { type SimulateOptions, simulate } from "./simulate.js";
import { checkedState, type StateInput } from "./state.js";
import type { Trajectory } from "./trajectory.js";
import { type Core, loadCore, type WasmSource } from "./wasm/core.js";
import { riskFunction } from "./wasm/risk.js";
import type { WorkerPool } from "./workers/pool.js";

export interface Engine {
  /** Identity of the core: a hash of its sources. Snapshots carry it. */
  readonly identity: string;
  /** One-pass SGD at finite d; see `SimulateOptions`. */
  simulate(problem: ProblemInput, options: SimulateOptions): Promise<Trajectory>;
  /** The ODE of the order parameters; see `IntegrateOptions`. */
  integrate(problem: ProblemInput, options: IntegrateOptions): Promise<Trajectory>;
  /** Many replicas of a simulation, and their statistics; see `EnsembleOptions`. */
  ensemble(problem: ProblemInput, options: EnsembleOptions): Promise<Ensemble>;
  /** Regions of exponents, measured: see `PhaseDiagramOptions` and `Cell`. */
  phaseDiagram(options: PhaseDiagramOptions): Promise<PhaseDiagram>;
  /** The ODE's right-hand side at a state (and time, for schedules). */
  rightHandSide(problem: ProblemInput, state: StateInput, options?: { readonly time?: number }): Promise<RightHandSide>;
  /** The exact mean of one step of SGD at the problem's d from a state, at a time for schedules (B9); Gaussian inputs. */
  meanStep(problem: ProblemInput, state: StateInput, options?: { readonly time?: number }): Promise<State>;
  /** Where SGD waits or ends, and how stable that is; see `FixedPointOptions` and `FixedPoint`. */
  fixedPoint(problem: ProblemInput, options: FixedPointOptions): Promise<FixedPoint>;
  /** A fixed point along a learning rate, label noise or weight decay; see `ContinueOptions`. */
  continueFixedPoint(problem: ProblemInput, options: ContinueOptions): Promise<FixedPointBranch>;
  /** The excess risk that label noise leaves at a solution (E2); see `AsymptoticOptions`. */
  asymptoticRisk(problem: ProblemInput, state: StateInput, options?: AsymptoticOptions): Promise<number>;
  /** The learning rate above which the specialised solution without noise is unstable; see `MaximalLearningRateOptions`. */
  maximalLearningRate(problem: ProblemInput, options?: MaximalLearningRateOptions): Promise<number>;
  /** Particles (a_i, u_i) on the population risk, and their limits; see `MeanFieldOptions` and `MeanField`. */
  meanField(problem: ProblemInput, options: MeanFieldOptions): Promise<MeanField>;
  /** Excess risk eps of a state, without label noise (A13); exact for every activation. */
  excessRisk(problem: ProblemInput, state: StateInput): Promise<number>;
  /** Ends the engine: later calls are errors. Runs under way end as they would have. */
  dispose(): void;
}

export interface EngineOptions {
  /** Where the core comes from; default: the binary inlined in the library. */
  readonly wasm?: WasmSource;
}

/**
 * An engine on a core of the caller's: bytes, module, URL or Response.
 * @throws SgdDynamicsError `wasm-unavailable`
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  checkKeys("createEngine", options, ["wasm"]);
  return engineOn(await loadCore(options.wasm));
}

function engineOn(loaded: Core): Engine {
  let core: Core | undefined = loaded;
  const live = (): Core => {
    if (!core)
      throw new SgdDynamicsError("disposed", "This engine was disposed of; create another with createEngine().");
    return core;
  };
  let pool: WorkerPool | undefined;
  const dispose = () => {
    core = undefined;
    pool?.dispose();
  };
  return {
    identity: loaded.identity,
    simulate: async (problem, options) => simulate(live(), problem, options),
    integrate: async (problem, options) => {
      const { integrate } = await import("./theory.js");
      return integrate(live(), problem, options);
    },
    ensemble: async (problem, options) => {
      const { ensemble, WorkerPool } = await import("./ensemble.js");
      pool ??= new WorkerPool(live());
      return ensemble(live(), pool, problem, options);
    },
    phaseDiagram: async (options) => {
      const { phaseDiagram, WorkerPool } = await import("./phase-diagram/phase-diagram.js");
      pool ??= new WorkerPool(live());
      return phaseDiagram(live(), pool, options);
    },
    rightHandSide: async (problem, state, options = {}) => {
      checkKeys("rightHandSide", options, ["time"]);
      const { rightHandSide } = await import("./theory.js");
      return rightHandSide(live(), problem, checkedState(problem, state), options.time);
    },
    meanStep: async (problem, state, options = {}) => {
      checkKeys("meanStep", options, ["time"]);
      const { meanStep } = await import("./theory.js");
      return meanStep(live(), problem, checkedState(problem, state), options.time);
    },
    fixedPoint: async (problem, options) => {
      const { fixedPoint } = await import("./theory.js");
      return fixedPoint(live(), problem, options);
    },
    continueFixedPoint: async (problem, options) => {
      const { continueFixedPoint } = await import("./theory.js");
      return continueFixedPoint(live(), problem, options);
    },
    asymptoticRisk: async (problem, state, options) => {
      const { asymptoticRisk } = await import("./theory.js");
      return asymptoticRisk(live(), problem, checkedState(problem, state), options);
    },
    maximalLearningRate: async (problem, options) => {
      const { maximalLearningRate } = await import("./theory.js");
      return maximalLearningRate(live(), problem, options);
    },
    meanField: async (problem, options) => {
      const { meanField } = await import("./theory.js");
      return meanField(live(), problem, options);
    },
    excessRisk: async (problem, state) => {
      const riskOf = riskFunction(live(), parametersOf(checkedProblem(problem)));
      const checked = checkedState(problem, state);
      return (await riskOf)(checked);
    },
    dispose,
  };
}
