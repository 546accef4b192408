/** Figure: M and Q as matrices, on the way from the start through the plateau to specialisation. */
import { integrate, type State } from "../../index.js";
import type { HeatMap } from "../../plot/index.js";
import { type PaperControl, runControl } from "../paper.js";
import { tied } from "./runs.js";

const K = 4;
const M = 3;

const SUBSCRIPTS = "₁₂₃₄₅₆₇₈₉";

/** Columns: teachers, then students; rows: students. */
function matrixOf({ M: overlaps, Q }: State): number[] {
  const columns = [
    ...Array.from({ length: M }, (_, r) => Array.from({ length: K }, (_, i) => overlaps[i * M + r])),
    ...Array.from({ length: K }, (_, j) => Array.from({ length: K }, (_, i) => Q[i * K + j])),
  ];
  return columns.flat();
}

export async function orderParameterMaps(control: PaperControl): Promise<HeatMap> {
  const problem = { inputDimension: 1000, studentWidth: K, teacherWidth: M, learningRate: 0.2, noiseVariance: 0.01 };
  const times = [0.5, 100, 800, 3000];
  const run = await integrate(problem, { until: 3000, seed: 2, save: { times }, ...runControl(control) });
  const names = ["before the plateau", "on the plateau", "leaving it", "specialised"];
  const places = Array.from({ length: M + K }, (_, i) => i + 1);
  return {
    title: "Order parameters before, on and after the plateau",
    subtitle: "Overlaps M of students with teachers (left of the line) and Q of students with each other (right)",
    caption: tied(
      `ODE from a random start, first layer trained: erf, K = ${K}, M = ${M}, η = 0.2, Δ = 0.01. On the plateau every student knows all teachers alike; ` +
        "leaving it, students take sides, and the one that no teacher is left for goes to zero.",
    ),
    x: {
      label: "teachers v and students w",
      values: places,
      names: places.map((n) => (n <= M ? `v${SUBSCRIPTS[n - 1]}` : `w${SUBSCRIPTS[n - M - 1]}`)),
    },
    y: {
      label: "students",
      values: places.slice(0, K),
      names: places.slice(0, K).map((n) => `w${SUBSCRIPTS[n - 1]}`),
      reversed: true,
    },
    panels: times.map((t, i) => ({
      title: `(${"abcd"[i]}) ${names[i]}, t = ${t}, ε = ${run.risk[i].toPrecision(2)}`,
      values: matrixOf(run.state(i)),
      colours: "diverging",
      domain: [-1.2, 1.2],
    })),
    lines: [
      {
        label: "between M and Q",
        points: [
          [M + 0.5, 0],
          [M + 0.5, K + 1],
        ],
      },
    ],
  };
}
