// createEngine: wherever the core comes from, the same bits; and what cannot be loaded is one sentence.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createEngine, integrate, type WasmSource } from "../../src/index.js";
import { expectError } from "../support/errors.js";

const bytes = readFileSync(new URL("../../build/release.wasm", import.meta.url));
const p = { inputDimension: 30, studentWidth: 2, teacherWidth: 2 };
const response = (init?: ResponseInit) => new Response(bytes, init);
const wasm = { headers: { "content-type": "application/wasm" } };

describe("the core from", () => {
  test.each<[string, () => WasmSource | Promise<WasmSource>]>([
    ["bytes", () => bytes],
    ["an ArrayBuffer", () => Uint8Array.from(bytes).buffer],
    ["a compiled module", () => WebAssembly.compile(bytes)],
    ["a response that says what it is", () => response(wasm)],
    ["a response that does not", () => response()],
  ])("%s", async (_, source) => {
    const engine = await createEngine({ wasm: await source() });
    const run = await engine.integrate(p, { until: 2, seed: 4, save: { times: [2] } });
    expect(run.state(0)).toEqual((await integrate(p, { until: 2, seed: 4, save: { times: [2] } })).state(0));
    engine.dispose();
    await expectError(() => engine.integrate(p, { until: 1 }), "disposed");
  });

  test("a promise of a response", async () => {
    const engine = await createEngine({ wasm: Promise.resolve(response(wasm)) });
    expect(engine.identity).toMatch(/^[0-9a-f]{16}$/);
  });

  test.each<[string, () => unknown, string]>([
    ["a response of 404", () => response({ status: 404 }), "404"],
    ["other bytes", () => new Uint8Array(100), "sgd-dynamics/wasm"],
    ["another module", () => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)), "sgd-dynamics/wasm"],
    ["a number", () => 3, "sgd-dynamics/wasm"],
  ])("%s is an error", async (_, source, part) => {
    await expectError(() => createEngine({ wasm: source() as WasmSource }), "wasm-unavailable", part);
  });
});
