/** What Veiga et al. say, as measurements. */
import { integrate, region, SgdDynamicsError } from "../../index.js";
import { atMost, type Finding, relative, within } from "../finding.js";
import { type Claim, type PaperControl, part, runControl } from "../paper.js";
import { exponentOf } from "../slope.js";
import { measuredDiagram } from "./diagram.js";
import { dimensionText } from "./drawing.js";
import { REFERENCES } from "./reference.js";
import { type Distance, distances, floors, type Scaling, samplesTo } from "./scaling.js";
import { REFERENCE_START } from "./start.js";
import { SLOPES, type SlopeRow } from "./table.js";

function slopeOf(found: readonly Distance[], value: (one: Distance) => number): number {
  return exponentOf(
    found.map(({ d }) => d),
    found.map(value),
  );
}

async function slopes({ name, delta, dimensions, replicas, full, limit, bias }: SlopeRow, control: PaperControl) {
  const found = await distances({ kappa: 0, delta }, dimensions, replicas, control);
  const of = (what: string) => `${what}, ${name}, δ = ${delta}`;
  const findings = [
    within(
      of("exponent of the distance from the drift at d"),
      slopeOf(found, (one) => one.full.mean),
      full,
      0.03,
    ),
    within(
      of("exponent of the distance from the limiting ODE"),
      slopeOf(found, (one) => one.limit.mean),
      limit,
      0.05,
    ),
  ];
  if (bias === undefined) return findings;
  const measured = slopeOf(found, (one) => one.bias);
  return [...findings, within(of("exponent of the distance of both ODEs"), measured, bias, 0.03)];
}

/** Widths that grow. The root mean square over entries: the largest of p^2 of them grows with log p besides (B12). */
const WIDE: readonly { readonly scaling: Scaling; readonly dimensions: readonly number[]; readonly theory: number }[] =
  [
    { scaling: { kappa: 0.3, delta: 0.2 }, dimensions: [30, 100, 300, 1000], theory: -0.75 },
    { scaling: { kappa: 0.25, delta: -0.25 }, dimensions: [30, 100, 300, 1000, 3000], theory: -0.5 },
  ];

async function wideSlopes(control: PaperControl): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [i, { scaling, dimensions, theory }] of WIDE.entries()) {
    const found = await distances(scaling, dimensions, 100, part(control, i / WIDE.length, 1 / WIDE.length));
    const widths = `p = ${found[0].p} to ${found[found.length - 1].p}`;
    const quantity = `exponent of the root mean square distance, κ = ${scaling.kappa}, δ = ${scaling.delta}, ${widths}`;
    findings.push(
      within(
        quantity,
        slopeOf(found, (one) => one.square.mean),
        theory,
        0.03,
      ),
    );
  }
  return findings;
}

/** E1i: p = k = 2, gamma = 4 d^-1/2, Delta = 1e-3. */
const FLOOR: Scaling = { kappa: 0, delta: 0.5, teacherWidth: 2, learningRate: 4, noiseVariance: 1e-3 };
const FLOOR_DIMENSIONS: readonly { readonly d: number; readonly tolerance: number }[] = [
  { d: 100, tolerance: 0.06 },
  { d: 300, tolerance: 0.06 },
  { d: 1000, tolerance: 0.02 },
  { d: 3000, tolerance: 0.02 },
  { d: 10000, tolerance: 0.02 },
];

async function noiseFloor(control: PaperControl): Promise<Finding[]> {
  const dimensions = FLOOR_DIMENSIONS.map(({ d }) => d);
  const found = await floors(FLOOR, dimensions, (d) => Math.max(8, Math.round(64000 / d)), control);
  const findings = found.map(({ d, risk, law }, i) =>
    relative(
      `R∞ − Δ/2 at d = ${d} (standard error ${(100 * (risk.error / risk.mean)).toFixed(2)} %)`,
      risk.mean,
      law,
      FLOOR_DIMENSIONS[i].tolerance,
    ),
  );
  const exponent = exponentOf(
    dimensions,
    found.map(({ risk }) => risk.mean),
  );
  return [...findings, within("exponent of R∞ − Δ/2 in d, −(κ + δ)", exponent, -0.5, 0.03)];
}

const SAMPLES: readonly { readonly delta: number; readonly dimensions: readonly number[] }[] = [
  { delta: 0, dimensions: [300, 1000, 3000, 10000] },
  { delta: 0.5, dimensions: [300, 1000, 3000, 10000] },
  { delta: 1, dimensions: [100, 200, 400, 800] },
];

async function sampleCounts(control: PaperControl): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [i, { delta, dimensions }] of SAMPLES.entries()) {
    const own = part(control, i / SAMPLES.length, 1 / SAMPLES.length);
    const found = await samplesTo(0.05, { kappa: 0, delta }, dimensions, 16, own);
    const exponent = exponentOf(
      [...dimensions],
      found.map(({ steps }) => steps.mean),
    );
    findings.push(within(`exponent of samples to an excess risk of 0.05, δ = ${delta}`, exponent, 1 + delta, 0.03));
  }
  return findings;
}

/** P1 and P2: distances from trajectories of the authors' right-hand side. */
async function references(control: PaperControl): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [i, { name, delta, risks, M, Q }] of REFERENCES.entries()) {
    const times = risks.map(([time]) => time);
    const until = times[times.length - 1];
    const run = await integrate(
      {
        inputDimension: 1e6,
        studentWidth: 8,
        teacherWidth: 4,
        scaling: "mean-field",
        learningRate: 8,
        noiseVariance: 1e-3,
        start: { kind: "state", state: REFERENCE_START },
      },
      {
        until,
        save: { times },
        rtol: 1e-10,
        limit: { region: { kappa: 0, delta } },
        ...runControl(control, i / REFERENCES.length, 1 / REFERENCES.length),
      },
    );
    const end = run.state(-1);
    const off = [
      ...risks.map(([, risk], row) => run.risk[row] - risk),
      ...M.flat().map((m, at) => end.M[at] - m),
      ...Q.map((q, at) => end.Q[9 * at] - q),
    ];
    const most = Math.max(...off.map(Math.abs));
    findings.push(atMost(`largest distance from ${name}, risks to t = ${until} and M, Q_ii there`, most, 1e-8));
  }
  return findings;
}

/** Pairs on and beside the boundaries, by decimals and by what the arithmetic of doubles leaves of them. */
const BOUNDARIES: readonly (readonly [kappa: number, delta: number, name: string])[] = [
  [0, 0, "blue"],
  [0.1 + 0.2, -0.3, "blue"],
  [0.1 + 0.2 - 0.3, 0, "blue"],
  [0.3, -0.1 - 0.2, "blue"],
  [1e-12, 0, "green"],
  [0.3, -0.299999999999, "green"],
  [0, -1e-12, "orange"],
  [0, -0.499999999999, "orange"],
  [0, -0.5, "red"],
  [0.1, -0.6, "red"],
  [0.3 - 0.1, 0.1 - 0.8, "red"],
];

async function boundaries(): Promise<Finding[]> {
  const right = BOUNDARIES.filter(([kappa, delta, name]) => region(kappa, delta).name === name);
  const red = BOUNDARIES.filter(([, , name]) => name === "red");
  let refused = 0;
  for (const [kappa, delta] of red) {
    try {
      const problem = { inputDimension: 100, studentWidth: 2, teacherWidth: 1, scaling: "mean-field" as const };
      await integrate(problem, { until: 1, limit: { region: { kappa, delta } } });
    } catch (error) {
      if (error instanceof SgdDynamicsError && error.message.includes(region(kappa, delta).meaning)) refused++;
    }
  }
  return [
    within("pairs on and beside boundaries that are in their region", right.length, BOUNDARIES.length, 0),
    within("red pairs whose limit is refused with the reason", refused, red.length, 0),
  ];
}

export const claims: readonly Claim[] = [
  ...SLOPES.map(
    (row): Claim => ({
      id: `E1h-${row.name}${row.delta === 0 ? "" : `-${Math.abs(row.delta)}`.replace(".", "-")}`,
      statement:
        row.name === "blue"
          ? "Fixed width and learning rate: SGD keeps to the ODE with both terms, at a distance of order d^-1/2."
          : row.name === "green"
            ? `Learning rates γ ~ d^-${row.delta}: the noise of SGD fades, and SGD keeps to gradient flow.`
            : `Learning rates γ ~ d^${-row.delta}: the noise of SGD alone is left, and SGD keeps to its ODE ever more slowly as d grows.`,
      source: `THEORY B.5, table and (B12): exact chains, κ = 0, p = 2, k = 1, erf; d = ${dimensionText(row.dimensions[0])} to ${dimensionText(row.dimensions[row.dimensions.length - 1])}`,
      seconds: 2,
      measure: (control = {}) => slopes(row, control),
    }),
  ),
  {
    id: "E1h-wide",
    statement: "Widths that grow as d^κ trade against learning rates: κ + δ alone decides how SGD comes to its ODE.",
    source: "THEORY B.5, (B12) without its log p",
    seconds: 2,
    measure: (control = {}) => wideSlopes(control),
  },
  {
    id: "E1i",
    statement: "The excess risk that label noise keeps up is (γΔ/4) n_s² Σ a_i² J2_ii, and falls as d^-(κ + δ).",
    source: "THEORY B.5, (B13), and E.3",
    seconds: 8,
    measure: (control = {}) => noiseFloor(control),
  },
  {
    id: "veiga-samples",
    statement: "It takes d^(1 + δ) samples to come to a fixed excess risk: a lower floor has its price.",
    source: "THEORY B.5: T / dt steps",
    seconds: 7,
    measure: (control = {}) => sampleCounts(control),
  },
  {
    id: "veiga-references",
    statement: "The limits of the blue and the green region are those of the authors' equations.",
    source: "P1 and P2: the right-hand side of rodsveiga/phdiag_sgd, integrated to 1e-12",
    seconds: 1,
    measure: (control = {}) => references(control),
  },
  {
    id: "veiga-regions",
    statement: "κ + δ decides the region, exactly on the boundaries; in red there is no limit.",
    source: "THEORY B.5, table of regions",
    seconds: 0.1,
    measure: () => boundaries(),
  },
  {
    id: "veiga-diagram",
    statement:
      "The regions can be read off runs alone: 25 pairs of exponents, each labelled by how SGD's drift falls with d.",
    source: "THEORY B.5: d^-(1 + κ + δ) and d^-(1 + 2(κ + δ)) of a step's drift, (B12), (B13)",
    seconds: 12,
    measure: (control = {}) => measuredDiagram(control),
  },
];
