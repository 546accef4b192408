/** The table of THEORY B.5: sup-norm distances at t = 1, exact chains, kappa = 0, p = 2, k = 1, erf. */

/** A row: powers of d as theory has them; against the limit, where a crossover hides theory's, as the table measured it. */
export interface SlopeRow {
  readonly name: string;
  readonly delta: number;
  readonly dimensions: readonly number[];
  readonly replicas: number;
  readonly full: number;
  readonly limit: number;
  readonly bias?: number;
}

export const SLOPES: readonly SlopeRow[] = [
  {
    name: "blue",
    delta: 0,
    dimensions: [100, 200, 400, 800, 1600, 3200, 6400],
    replicas: 1000,
    full: -0.5,
    limit: -0.5,
  },
  { name: "green", delta: 0.5, dimensions: [30, 90, 300, 900], replicas: 1000, full: -0.75, limit: -0.614, bias: -0.5 },
  {
    name: "green",
    delta: 0.25,
    dimensions: [100, 300, 1000, 3200],
    replicas: 1000,
    full: -0.625,
    limit: -0.315,
    bias: -0.25,
  },
  {
    name: "orange",
    delta: -0.375,
    dimensions: [1e4, 1e8, 1e12, 1e16, 1e20],
    replicas: 500,
    full: -0.125,
    limit: -0.125,
    bias: -0.375,
  },
  {
    name: "orange",
    delta: -0.25,
    dimensions: [1e2, 1e3, 1e4, 1e5, 1e6],
    replicas: 2000,
    full: -0.25,
    limit: -0.25,
    bias: -0.25,
  },
];
