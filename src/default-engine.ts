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

/** The ODE's right-hand side at a state. See `Engine.rightHandSide`. */
export const rightHandSide: Engine["rightHandSide"] = async (problem, state, options) =>
  (await engine()).rightHandSide(problem, state, options);

/** Excess risk of a state. See `Engine.excessRisk`. */
export const excessRisk: Engine["excessRisk"] = async (problem, state) => (await engine()).excessRisk(problem, state);
