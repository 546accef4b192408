/** Where to stop: the smallest population risk on the way. */
import { invalid } from "./options.js";

/** The row of the smallest population risk. */
export interface EarlyStop {
  readonly index: number;
  /** t = nu / d. */
  readonly time: number;
  /** Excess risk there, the smallest of all rows. */
  readonly risk: number;
  /** Empirical risk there, where the training set is finite. */
  readonly empiricalRisk?: number;
}

/**
 * The time at which to stop training on a finite set: the first row of the smallest excess risk, which is exact and differs from the population risk by a
 * constant. It is one of the saved times: save as many as the time is wanted to be sharp.
 *
 * @param curves a trajectory, or the mean of an ensemble
 * @throws SgdDynamicsError `invalid-argument` where there are no rows
 * @example
 * const { time, risk } = earlyStopping(await simulate({ ...p, data: { samples: 500 } }, { until: 1000 }));
 */
export function earlyStopping(curves: {
  readonly time: ArrayLike<number>;
  readonly risk: ArrayLike<number>;
  readonly empiricalRisk?: ArrayLike<number> | undefined;
}): EarlyStop {
  const { time, risk, empiricalRisk } = curves;
  if (risk.length === 0) invalid("There are no rows to find the smallest risk of; save some times.");
  let index = 0;
  for (let i = 1; i < risk.length; i++) if (risk[i] < risk[index]) index = i;
  return { index, time: time[index], risk: risk[index], ...(empiricalRisk && { empiricalRisk: empiricalRisk[index] }) };
}
