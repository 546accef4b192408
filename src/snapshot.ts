/** Snapshots of simulations: where a run stands, with the identity of the problem and of the core, so that only the same run goes on. */
import { type Kind, mismatch, pack, unpack } from "./container.js";
import { SgdDynamicsError, shown } from "./errors.js";
import type { Method } from "./simulation-run.js";

const snapshots: Kind = { magic: 0x53444753, version: 1, name: "snapshot", from: "the snapshot of a trajectory" }; // "SGDS"

export interface SnapshotHeader {
  readonly method: Method;
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
  return pack(snapshots, header, state);
}

/** Reads a snapshot and checks that it belongs to this problem and core. */
export function unpackSnapshot(
  given: unknown,
  problem: string,
  core: string,
): { header: SnapshotHeader; state: Uint8Array } {
  if (!(given instanceof Uint8Array)) {
    throw new SgdDynamicsError("snapshot-mismatch", `from is ${shown(given)}; allowed: ${snapshots.from}.`);
  }
  const { header, payload } = unpack(snapshots, given) as { header: SnapshotHeader; payload: Uint8Array };
  if (header.core !== core) {
    throw mismatch(
      `The snapshot comes from another core (${header.core}, this is ${core}), which may give other bits; run the problem again from its seed`,
    );
  }
  if (header.problem !== problem) {
    throw mismatch(
      "The snapshot belongs to another problem; give the problem that it was made with (trajectory.problem)",
    );
  }
  return { header, state: payload };
}
