/**
 * The WebAssembly core: found, compiled, instantiated once an engine. What the library carries is in three binaries, so that pages load what
 * they use; a core of the caller's has all.
 */
import { binary as simulationBinary } from "#simulation-binary";
import { unpackedBinary } from "./inlined.js";
import { type Instance, instance, type Kernels, onDemand } from "./instance.js";

/** Where the core may come from: bytes, a compiled module, a URL to fetch, or a response. Without one, the binaries inlined here. */
export type WasmSource = BufferSource | WebAssembly.Module | URL | string | Response | Promise<Response>;

/** Those of chains and starts. */
export interface SimulationKernels extends Kernels {
  makeKey(key: number, seed: number, stream: number, purpose: number): void;
  fillScalarNormals(key: number, block: bigint, out: number, count: number): void;
  fillChi(key: number, block: bigint, degrees: number, out: number, count: number): void;
  chainBytes(
    lanes: number,
    d: number,
    p: number,
    k: number,
    batch: number,
    sphere: number,
    spectrum: number,
    eigenspaces: number,
  ): number;
  chainPrepare(run: number): void;
  chainLoad(run: number, lane: number, factor: number, rank: number, a: number, aStar: number): void;
  chainSave(run: number, lane: number, factor: number, a: number): void;
  chainSteps(run: number, steps: number): number;
  chainMade(run: number, lane: number): number;
  chainOrderParameters(run: number, lane: number, omega: number): void;
  excessRisk(omega: number, c: number, k: number, p: number, teacher: number, student: number): number;
  exp(x: number): number;
  log(x: number): number;
}

/** Those of simulations on explicit weights. */
export interface DenseKernels extends Kernels {
  makeKey(key: number, seed: number, stream: number, purpose: number): void;
  frameRow(key: number, generator: number, F: number, fBytes: number, d: number, row: number, block: number): void;
  frameWeights(
    factor: number,
    rank: number,
    F: number,
    fBytes: number,
    sum: number,
    W: number,
    d: number,
    single: number,
  ): void;
  denseSteps(run: number, steps: number): number;
  denseFlush(run: number): void;
  denseOrderParameters(run: number, omega: number): void;
  denseLoss(run: number, first: number, count: number): void;
  finiteSetStore(run: number, first: number, count: number): void;
  flowStart(solver: number): void;
  flowStep(solver: number, tEnd: number): number;
  flowTo(solver: number, dense: number, t: number): void;
  schedulePiece(schedule: number, t: number): number;
}

/** Those of the ODE, and the risk of activations that are not elementary. */
export interface TheoryKernels extends Kernels {
  integralsBytes(p: number, k: number, student: number, teacher: number, points: number): number;
  integralsPrepare(address: number, p: number, k: number, student: number, teacher: number, points: number): void;
  integralsError(address: number): number;
  integralsAreClosed(address: number): number;
  odePrepare(run: number): void;
  rightHandSide(run: number, t: number, y: number, dy: number): void;
  rightHandSideJacobian(
    problem: number,
    t: number,
    y: number,
    dy: number,
    J: number,
    rowBytes: number,
    dt: number,
  ): void;
  odeFunction(jacobian: number): number;
  particleFunction(): number;
  solverStart(run: number, jumps: number): void;
  solverAdvance(run: number, tEnd: number, budget: number): number;
  luPackedBytes(n: number): number;
  meanStepBytes(p: number, k: number): number;
  meanSteps(run: number, d: number, first: number, steps: number, y: number, work: number): number;
  slopeSquare(activation: number, variance: number): number;
  schedulePiece(schedule: number, t: number): number;
  expandedRisk(omega: number, c: number, k: number, p: number, teacher: number, student: number): number;
}

export type SimulationCore = Instance<SimulationKernels>;
export type Dense = Instance<DenseKernels>;
export type Theory = Instance<TheoryKernels>;

/** The part for chains, and the others, loaded when first asked for. */
export interface Core extends SimulationCore {
  dense(): Promise<Dense>;
  theory(): Promise<Theory>;
}

export async function loadCore(source?: WasmSource): Promise<Core> {
  if (source !== undefined) {
    const all = await instance<SimulationKernels & DenseKernels & TheoryKernels>(() => resolved(source));
    return { ...all, dense: async () => all, theory: async () => all };
  }
  return {
    ...(await instance<SimulationKernels>(() => unpackedBinary(simulationBinary))),
    dense: onDemand<DenseKernels>(() => import("#dense-binary")),
    theory: onDemand<TheoryKernels>(() => import("#theory-binary")),
  };
}

async function resolved(source: WasmSource): Promise<unknown> {
  if (typeof source !== "string" && !(source instanceof URL) && !isResponse(await source)) return source;
  const response = (
    typeof source === "string" || source instanceof URL ? await fetch(source) : await source
  ) as Response;
  if (!response.ok) throw new Error(`${response.url || "the response"} answered ${response.status}`);
  // compiled while it arrives, where the server says what it is
  const streams = response.headers.get("content-type") === "application/wasm";
  return streams ? response : response.arrayBuffer();
}

function isResponse(source: unknown): source is Response {
  return typeof Response !== "undefined" && source instanceof Response;
}
