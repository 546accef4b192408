/**
 * Snapshots of simulations: where a run stands, with the identity of the problem and of the core, so that only the same run goes on.
 *
 *   "SGDS" version  header length  | header (JSON) padded to 8 | state bytes of the method
 */
import { SgdDynamicsError, shown } from "./errors.js";

const MAGIC = 0x53444753; // "SGDS"
const VERSION = 1;

export interface SnapshotHeader {
  readonly method: "dense";
  readonly precision: "f64" | "f32";
  readonly seed: number;
  readonly stream: number;
  /** Steps made. */
  readonly step: number;
  /** Identity of the core. */
  readonly core: string;
  /** Canonical text of the problem. */
  readonly problem: string;
}

export function packSnapshot(header: SnapshotHeader, state: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = 16 + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(start + state.length);
  new Uint32Array(bytes.buffer, 0, 4).set([MAGIC, VERSION, text.length, start]);
  bytes.set(text, 16);
  bytes.set(state, start);
  return bytes;
}

/** Reads a snapshot and checks that it belongs to this problem and core. */
export function unpackSnapshot(given: unknown, problem: string, core: string): { header: SnapshotHeader; state: Uint8Array } {
  if (!(given instanceof Uint8Array)) throw mismatch(`from is ${shown(given)}; allowed: the snapshot of a trajectory`);
  const bytes = given.slice();
  const [magic, version, textLength, start] = bytes.length >= 16 ? new Uint32Array(bytes.buffer, 0, 4) : [];
  if (magic !== MAGIC || start > bytes.length) throw mismatch("from is not a snapshot; allowed: the snapshot of a trajectory");
  if (version !== VERSION) throw mismatch(`The snapshot has version ${version} and this library reads ${VERSION}; run the problem again from its seed`);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(16, 16 + textLength))) as SnapshotHeader;
  if (header.core !== core) throw mismatch(`The snapshot comes from another core (${header.core}, this is ${core}), which may give other bits; run the problem again from its seed`);
  if (header.problem !== problem) throw mismatch("The snapshot belongs to another problem; give the problem that it was made with (trajectory.problem)");
  return { header, state: bytes.subarray(start) };
}

export function mismatch(sentence: string): SgdDynamicsError {
  return new SgdDynamicsError("snapshot-mismatch", `${sentence}.`);
}
