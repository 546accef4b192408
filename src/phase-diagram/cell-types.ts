/** What a cell of the phase diagram says, and what all cells of one have in common. */
import type { ActivationInput } from "../problem-types.js";
import type { Exponent } from "./fit.js";
import type { Label } from "./label.js";
import type { Region } from "./region.js";

/** What is the same in all cells. */
export interface Setting {
  readonly dimensions: readonly number[];
  /** c, gamma_0, Delta, s. */
  readonly widthFactor: number;
  readonly learningRate: number;
  readonly noiseVariance: number;
  readonly activation: ActivationInput;
  /** The time, on the region's clock, at which SGD is compared with the ODEs. */
  readonly until: number;
  /** The excess risk that samples are counted to. */
  readonly excess: number;
  /** Nanoseconds of one core. */
  readonly budget: number;
  readonly seed: number;
}

/** One dimension of a measurement. */
export interface MeasuredPoint {
  readonly inputDimension: number;
  readonly studentWidth: number;
  readonly learningRate: number;
  /** Of each replica. */
  readonly steps: number;
  readonly replicas: number;
  readonly value: number;
  readonly standardError: number;
}

/** A quantity at several d, and its power of d. */
export interface Measurement {
  /** "measured"; "unmeasured": the budget is too small; "undefined": theory says there is no such power here. */
  readonly status: "measured" | "unmeasured" | "undefined";
  /** One sentence; what to do where it is not measured. */
  readonly message: string;
  /** The fitted power of d, with the sign that `Cell` says; undefined where two points are not there. It counts where `status` is "measured". */
  readonly exponent: number | undefined;
  readonly standardError: number | undefined;
  /** Theory's. */
  readonly expected: number | undefined;
  /** The same power from the ODEs alone, at the same d; undefined where they have none. */
  readonly ode: number | undefined;
  readonly points: readonly MeasuredPoint[];
}

/** One cell of the diagram. */
export interface Cell {
  readonly kappa: number;
  readonly delta: number;
  /** What theory says: its name, its clock, its exponents. */
  readonly theory: Region;
  /** "measured" where `sum` and the label are. */
  readonly status: "measured" | "unmeasured";
  readonly message: string;
  /** kappa + delta as SGD has it: from how fast the two parts of its mean drift fall with d. */
  readonly sum: Exponent | undefined;
  /** The region that `sum` is in. */
  readonly label: Label | undefined;
  /**
   * The distance of SGD from the ODE with the drift at each d, ~ d^-exponent: the root of the mean square over all order parameters. In red, where there is
   * no ODE, how far one step throws them. In orange near blue, the part of a step that is linear in s adds d^-1/2, which is the larger one until d^|sum| is
   * large: fits lie between.
   */
  readonly finiteSize: Measurement;
  /** The same with the largest entry, E |Omega - ODE|_inf (B12). Where widths grow its power is smaller: the largest of more entries is larger. */
  readonly supremum: Measurement;
  /** The distance from the region's limiting ODE, the largest entry's; `ode` is the power of the bias, the distance of the two ODEs. */
  readonly limit: Measurement;
  /** The excess risk that label noise leaves, R_inf - Delta / 2 ~ d^-exponent. */
  readonly risk: Measurement;
  /** Steps to the excess risk that was asked for, n ~ d^exponent. */
  readonly samples: Measurement;
}
