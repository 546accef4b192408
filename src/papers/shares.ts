/** How a whole's progress is divided among its pieces. */
import { type PaperControl, part } from "./paper.js";

/**
 * The control of each piece of work, for their costs in any unit.
 *
 * @example
 * const controls = shared(control, widths.map((p) => p * p));
 */
export function shared(control: PaperControl, costs: readonly number[]): PaperControl[] {
  const whole = costs.reduce((sum, cost) => sum + cost, 0);
  let before = 0;
  return costs.map((cost) => {
    const piece = part(control, before / whole, cost / whole);
    before += cost;
    return piece;
  });
}
