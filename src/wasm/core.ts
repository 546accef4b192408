/**
 * The WebAssembly core: found, compiled, instantiated once an engine. Text and names cross through as-bind, numbers through the bare
 * exports of the same instance. What the library carries is in three binaries, so that pages load what they use; a core of the caller's has
 * all.
 */
import { instantiate } from "#as-bind";
import { binary as simulationBinary } from "#simulation-binary";
import { SgdDynamicsError } from "../errors.js";
import { unpackedBinary } from "./inlined.js";

/** Where the core may come from: bytes, a compiled module, a URL to fetch, or a response. Without one, the binaries inlined here. */
export type WasmSource = BufferSource | WebAssembly.Module | URL | string | Response | Promise<Response>;

/** The bare exports that the library calls; addresses are byte offsets. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  initialise(): void;
  arenaAllocate(bytes: number): number;
  arenaFree(block: number): void;
}

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

/** An instance of a binary. */
export interface Instance<K extends Kernels> {
  readonly kernels: K;
  readonly module: WebAssembly.Module;
  /** Identity of the core's sources: snapshots carry it. */
  readonly identity: string;
  /** Names of the kinds of activations, in the core's order: see `activation.ts`. */
  readonly activations: readonly string[];
  /** Position of each number of a parameter block: "dense", "chain", "ode", "particle" or "solver". */
  fields(block: string): ReadonlyMap<string, number>;
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

/** The instance of a binary, made once; a failure is not kept: the next call tries again. */
function onDemand<K extends Kernels>(load: () => Promise<{ readonly binary: string }>): () => Promise<Instance<K>> {
  let made: Promise<Instance<K>> | undefined;
  return () => {
    made ??= instance<K>(async () => unpackedBinary((await load()).binary)).catch((cause) => {
      made = undefined;
      throw cause;
    });
    return made;
  };
}

async function instance<K extends Kernels>(source: () => Promise<unknown>): Promise<Instance<K>> {
  try {
    const { exports, loadedModule } = await instantiate((await source()) as BufferSource);
    const text = (name: string) => (exports[name] as () => string)().split(" ");
    const kernels = loadedModule.instance.exports as unknown as K;
    kernels.initialise();
    const blocks = new Map<string, ReadonlyMap<string, number>>();
    return {
      kernels,
      module: loadedModule.module,
      identity: identityOf(loadedModule.module),
      activations: text("activationNames"),
      fields(block) {
        const known = blocks.get(block) ?? new Map(text(`${block}Fields`).map((field, index) => [field, index]));
        blocks.set(block, known);
        return known;
      },
    };
  } catch (cause) {
    if (cause instanceof SgdDynamicsError) throw cause;
    throw new SgdDynamicsError(
      "wasm-unavailable",
      `The WebAssembly core could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}. It is at "sgd-dynamics/wasm", needs an engine ` +
        `with SIMD (Node 20.19, Chrome 91, Firefox 113, Safari 16.4 or later) and, under a Content-Security-Policy, 'wasm-unsafe-eval'.`,
      { cause },
    );
  }
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

/** The section that the build writes: a hash of the core's sources, equal in all binaries. */
function identityOf(module: WebAssembly.Module): string {
  const [section] = WebAssembly.Module.customSections(module, "sgd-dynamics");
  return section ? new TextDecoder().decode(section) : "unknown";
}
