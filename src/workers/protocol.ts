/** What passes between the library and its workers: plain data, a compiled module, transferred rows. */
import type { ErrorCode } from "../errors.js";
import type { Assignment, Outcome } from "../simulation-run.js";
import type { CoreParts } from "../wasm/core-parts.js";

export type Order =
  /** First of all. */
  | { readonly kind: "core"; readonly parts: CoreParts }
  /** Those of one call, with the other parts of the core that it needs; `keepsState` says whether outcomes carry snapshots. */
  | {
      readonly kind: "assignment";
      readonly assignment: Assignment;
      readonly keepsState: boolean;
      readonly dense?: CoreParts;
      readonly theory?: CoreParts;
    }
  /** Simulate these replicas. */
  | { readonly kind: "streams"; readonly streams: readonly number[] }
  | { readonly kind: "abort" };

export type Answer =
  | { readonly kind: "ready" }
  | { readonly kind: "fraction"; readonly fraction: number }
  | { readonly kind: "outcomes"; readonly outcomes: readonly Outcome[] }
  /** Without a code it is no error of the library's: the worker is of no use. */
  | { readonly kind: "error"; readonly code?: ErrorCode; readonly message: string };
