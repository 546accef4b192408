import type { Worker } from "node:worker_threads";
import { expect, it, vi } from "vitest";
import { workerCount, workerPool } from "../../src/cli/experiment/workers.js";
import { problem, SgdDynamicsError, simulate } from "../../src/index.js";
import { papers } from "../../src/papers/index.js";
import { sgd, small, temporaryFolder } from "./support.js";

const { path, write } = temporaryFolder();

vi.mock("../../src/plot/index.js", async (original) => {
  const plot = await original<typeof import("../../src/plot/index.js")>();
  return {
    ...plot,
    renderPNG: async () => {
      throw new SgdDynamicsError("missing-dependency", "PNG needs the package @resvg/resvg-js.");
    },
  };
});

it("leaves PNG out with one sentence where its package is not installed", async () => {
  const { code, out, err } = await sgd(["run", write("small.json", small), "--out", path("out")]);
  expect({ code, err }).toEqual({
    code: 0,
    err: `${path("out/small.png")} is not written. PNG needs the package @resvg/resvg-js.`,
  });
  expect(out).toMatch(/small\.\{csv,npz,svg,json\}$/m);
  // a single result that was asked for as PNG and nothing else is a failure
  const single = await sgd(["integrate", "-d", "20", "-p", "1", "-k", "1", "-t", "1", "--out", path("one.png")]);
  expect(single.code).toBe(1);
  expect(single.err).toContain("one.png is not written. PNG needs the package");
  const info = await sgd(["info"]);
  expect(info.code).toBe(0);
  expect(info.out).toMatch(/^ PNG +PNG needs the package @resvg\/resvg-js\.$/m);
  expect(info.out).toMatch(/^ formats +\.csv \.npz \.json \.svg$/m);
});

it("draws figures without their PNG, and none where PNG alone was asked for", async () => {
  const figures = ["figures", "--figure", "saad-solla-1995-plateau", "--out", path("figures")];
  const both = await sgd(figures);
  expect(both.code).toBe(1);
  expect(both.err).toBe("PNG needs the package @resvg/resvg-js.");
  expect(both.out).toContain("saad-solla-1995-plateau.svg");
  expect(both.out).not.toContain(".png");
  const draw = vi.spyOn(papers[0].figures[0], "draw");
  const alone = await sgd([...figures, "--formats", "png"]);
  expect(alone.code).toBe(1);
  expect(alone.err).toContain("PNG needs the package @resvg/resvg-js.");
  expect(draw).not.toHaveBeenCalled();
  draw.mockRestore();
});

it("starts no more threads than there are simulations", () => {
  expect([workerCount(0), workerCount(1), workerCount(3, 8), workerCount(8, 3)]).toEqual([0, 1, 3, 3]);
});

const p = problem({ inputDimension: 20, studentWidth: 1, teacherWidth: 1 });
const options = { until: 1, seed: 1, save: { times: [1] } };

it("does the work of threads that cannot start", async () => {
  const ended: Promise<unknown>[] = [];
  const hear = (worker: Worker) => void ended.push(new Promise((resolve) => worker.once("exit", resolve)));
  process.on("worker", hear);
  const pool = workerPool(write("broken.mjs", "throw new Error('no');"), 2);
  // the event comes after the constructor
  while (ended.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  process.off("worker", hear);
  await Promise.all(ended);
  const run = await pool.simulate(p, options);
  expect(run.risk).toEqual((await simulate(p, options)).risk);
  await pool.close();
});

it("passes on what a thread says: progress, errors, its end", async () => {
  const program = write(
    "fake.mjs",
    `import { parentPort } from "node:worker_threads";
     parentPort.on("message", (order) => {
       if (order === "abort") process.exit(7);
       parentPort.postMessage({ fraction: 0.5, time: order.options.until });
       if (order.options.seed === 1) parentPort.postMessage({ error: { code: "out-of-memory", message: "Too large." } });
     });`,
  );
  const pool = workerPool(program, 1);
  const told: number[] = [];
  const failing = pool.simulate(p, { ...options, onProgress: ({ time }) => told.push(time) });
  await expect(failing).rejects.toMatchObject({ code: "out-of-memory", message: "Too large." });
  expect(told).toEqual([1]);
  const controller = new AbortController();
  const stopped = pool.simulate(p, {
    ...options,
    seed: 2,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(stopped).rejects.toThrow("exit code 7");
  await pool.close();
});
