import { describe, expect, it } from "vitest";
import { integrate, type ProblemInput } from "../../src/index.js";

const problem: ProblemInput = {
  inputDimension: 1000,
  studentWidth: 4,
  teacherWidth: 2,
  learningRate: 0.5,
  noiseVariance: 0.1,
};

describe("how the noise matrix is found", () => {
  it("is said in the statistics, with its error", async () => {
    const closed = await integrate(problem, { until: 1 });
    expect(closed.statistics).toMatchObject({ noise: "closed form", noiseError: 0 });
    const quadrature = await integrate({ ...problem, activation: "tanh" }, { until: 1 });
    expect(quadrature.statistics.noise).toBe("quadrature");
    expect(quadrature.statistics.noiseError).toBeLessThan(1e-9);
    expect(quadrature.statistics.noiseError).toBeGreaterThan(0);
    const estimate = await integrate(problem, { until: 1, noise: { points: 1000 } });
    expect(estimate.statistics.noise).toBe("1024 quasi-random points");
    expect(estimate.statistics.noiseError).toBeGreaterThan(1e-4);
  });

  it.each(["erf", "relu", "tanh"] as const)(
    "%s: points come as close to the exact N as their error says",
    async (activation) => {
      const exact = await integrate({ ...problem, activation }, { until: 2 });
      const estimate = await integrate({ ...problem, activation }, { until: 2, noise: "quasi-random" });
      const [a, b] = [exact.state(-1), estimate.state(-1)];
      const error = estimate.statistics.noiseError as number;
      // what the noise has added to Q until then is below gamma^2 until max N, and max N below 1
      const largest = Math.max(...a.Q.map((q, i) => Math.abs(q - b.Q[i])));
      expect(largest).toBeGreaterThan(0);
      expect(largest).toBeLessThan(4 * error * 0.25 * 2);
    },
  );

  it("is refused where the exact one would take hours, with the estimate and what to do", async () => {
    const wide = { ...problem, inputDimension: 1e5, activation: "tanh", studentWidth: 128, teacherWidth: 8 } as const;
    await expect(integrate(wide, { until: 1 })).rejects.toThrow(
      /studentWidth 128 takes about \d+ s, and 1000 of them \d+ hours\. Try noise: "quasi-random".*"gradient-flow".*"exact" goes on/,
    );
    const save = { times: [0] };
    for (const more of [{ noise: "quasi-random" }, { noise: "exact" }, { terms: "gradient-flow" }] as const)
      expect((await integrate(wide, { until: 0, save, ...more })).status).toBe("completed");
  });

  it("refuses what it does not know", async () => {
    await expect(integrate(problem, { until: 1, noise: "sobol" as never })).rejects.toThrow(
      'noise is "sobol"; allowed: "exact", "quasi-random" or { points }, a whole number from 128 to 1048576.',
    );
    await expect(integrate(problem, { until: 1, noise: { points: 1.5 } })).rejects.toThrow(/allowed: "exact"/);
  });
});
