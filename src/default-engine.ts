/** The top-level functions: those of one engine, created on first use. It is the library's only module state. */
import { createEngine, type Engine } from "./engine.js";

let memoised: Promise<Engine> | undefined;

function engine(): Promise<Engine> {
  // a failure is not kept: the next call tries again
  memoised ??= createEngine().catch((cause) => {
    memoised = undefined;
    throw cause;
  });
  return memoised;
}

/** One-pass SGD at finite d. See `Engine.simulate`. */
export const simulate: Engine["simulate"] = async (problem, options) => (await engine()).simulate(problem, options);

/** The ODE of the order parameters. See `Engine.integrate`. */
export const integrate: Engine["integrate"] = async (problem, options) => (await engine()).integrate(problem, options);

/** Many replicas of a simulation, and their statistics. See `Engine.ensemble`. */
export const ensemble: Engine["ensemble"] = async (problem, options) => (await engine()).ensemble(problem, options);

/** Regions of exponents, measured. See `Engine.phaseDiagram`. */
export const phaseDiagram: Engine["phaseDiagram"] = async (options) => (await engine()).phaseDiagram(options);

/** The ODE's right-hand side at a state. See `Engine.rightHandSide`. */
export const rightHandSide: Engine["rightHandSide"] = async (problem, state, options) =>
  (await engine()).rightHandSide(problem, state, options);

/** The exact mean of one step at finite d. See `Engine.meanStep`. */
export const meanStep: Engine["meanStep"] = async (problem, state, options) =>
  (await engine()).meanStep(problem, state, options);

/** Where SGD waits or ends. See `Engine.fixedPoint`. */
export const fixedPoint: Engine["fixedPoint"] = async (problem, options) =>
  (await engine()).fixedPoint(problem, options);

/** A fixed point along a parameter. See `Engine.continueFixedPoint`. */
export const continueFixedPoint: Engine["continueFixedPoint"] = async (problem, options) =>
  (await engine()).continueFixedPoint(problem, options);

/** The excess risk that label noise leaves at a solution. See `Engine.asymptoticRisk`. */
export const asymptoticRisk: Engine["asymptoticRisk"] = async (problem, state, options) =>
  (await engine()).asymptoticRisk(problem, state, options);

/** The learning rate above which the specialised solution is unstable. See `Engine.maximalLearningRate`. */
export const maximalLearningRate: Engine["maximalLearningRate"] = async (problem, options) =>
  (await engine()).maximalLearningRate(problem, options);

/** Particles on the population risk. See `Engine.meanField`. */
export const meanField: Engine["meanField"] = async (problem, options) => (await engine()).meanField(problem, options);

/** Excess risk of a state. See `Engine.excessRisk`. */
export const excessRisk: Engine["excessRisk"] = async (problem, state) => (await engine()).excessRisk(problem, state);
