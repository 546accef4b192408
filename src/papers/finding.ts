/** What a measurement says of a claim. */

/** One number beside what it should be. */
export interface Finding {
  /** What was measured: "plateau height, K = 2". */
  readonly quantity: string;
  readonly measured: number;
  readonly expected: number;
  /** How far off it may be: absolutely, or as a part of `expected`; 0 for bounds. */
  readonly tolerance: number;
  readonly kind: "absolute" | "relative" | "at-most" | "at-least";
  readonly holds: boolean;
}

/** |measured - expected| <= tolerance. NaN holds nothing. */
export function within(quantity: string, measured: number, expected: number, tolerance: number): Finding {
  const holds = Math.abs(measured - expected) <= tolerance;
  return { quantity, measured, expected, tolerance, kind: "absolute", holds };
}

/** |measured / expected - 1| <= tolerance. */
export function relative(quantity: string, measured: number, expected: number, tolerance: number): Finding {
  const holds = Math.abs(measured - expected) <= tolerance * Math.abs(expected);
  return { quantity, measured, expected, tolerance, kind: "relative", holds };
}

export function atMost(quantity: string, measured: number, bound: number): Finding {
  return { quantity, measured, expected: bound, tolerance: 0, kind: "at-most", holds: measured <= bound };
}

export function atLeast(quantity: string, measured: number, bound: number): Finding {
  return { quantity, measured, expected: bound, tolerance: 0, kind: "at-least", holds: measured >= bound };
}
