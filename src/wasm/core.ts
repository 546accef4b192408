/**
 * The WebAssembly core: found, compiled, instantiated once an engine. Text and names cross through as-bind, numbers through the bare
 * exports of the same instance.
 */
import { instantiate } from "#as-bind";
import { coreBinary } from "#core-binary";
import { SgdDynamicsError } from "../errors.js";

/** Where the core may come from: bytes, a compiled module, a URL to fetch, or a response. Without one, the binary inlined here. */
export type WasmSource = BufferSource | WebAssembly.Module | URL | string | Response | Promise<Response>;

/** The bare exports that the library calls; addresses are byte offsets. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  initialise(): void;
  arenaAllocate(bytes: number): number;
  arenaFree(block: number): void;
  makeKey(key: number, seed: number, stream: number, purpose: number): void;
  fillScalarNormals(key: number, block: bigint, out: number, count: number): void;
  fillChi(key: number, block: bigint, degrees: number, out: number, count: number): void;
  frameRow(key: number, generator: number, F: number, fBytes: number, d: number, row: number): void;
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
  excessRisk(omega: number, c: number, k: number, p: number, teacher: number, student: number): number;
  odePrepare(run: number): void;
  rightHandSide(run: number, t: number, y: number, dy: number): void;
  dopri5Start(run: number): void;
  dopri5Advance(run: number, tEnd: number, attempts: number): number;
  schedulePiece(schedule: number, t: number): number;
  exp(x: number): number;
  log(x: number): number;
}

export interface Core {
  readonly kernels: Kernels;
  /** Identity of the core's sources: snapshots carry it. */
  readonly identity: string;
  /** Position of an activation in the core's list. */
  activationCode(name: string): number;
  /** Position of each number of a parameter block. */
  readonly denseFields: ReadonlyMap<string, number>;
  readonly odeFields: ReadonlyMap<string, number>;
}

export async function loadCore(source?: WasmSource): Promise<Core> {
  try {
    const { exports, loadedModule } = await instantiate((await resolved(source)) as BufferSource);
    const text = (name: string) => (exports[name] as () => string)().split(" ");
    const fields = (name: string) => new Map(text(name).map((field, index) => [field, index]));
    const kernels = loadedModule.instance.exports as unknown as Kernels;
    kernels.initialise();
    const activations = text("activationNames");
    return {
      kernels,
      identity: identityOf(loadedModule.module),
      activationCode: (name) => activations.indexOf(name),
      denseFields: fields("denseFields"),
      odeFields: fields("odeFields"),
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

async function resolved(source: WasmSource | undefined): Promise<unknown> {
  if (source === undefined) return inlined();
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

/** The inlined binary: base64 of its zlib compression. (By way of a Response Node would load its fetch first: 50 ms.) */
async function inlined(): Promise<Uint8Array> {
  const packed = Uint8Array.from(atob(coreBinary), (character) => character.charCodeAt(0));
  const { readable, writable } = new DecompressionStream("deflate");
  const writer = writable.getWriter();
  const written = writer.write(packed).then(() => writer.close());
  const parts: Uint8Array[] = [];
  const reader = readable.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(part.value);
  await written;
  const binary = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    binary.set(part, at);
    at += part.length;
  }
  return binary;
}

/** The section that the build writes: a hash of the core's sources, equal in the release and the debug binary. */
function identityOf(module: WebAssembly.Module): string {
  const [section] = WebAssembly.Module.customSections(module, "sgd-dynamics");
  return section ? new TextDecoder().decode(section) : "unknown";
}
