/**
 * Every error of the library: a stable `code` to branch on, and a sentence that says what was given, what is allowed and what to try.
 */
export type ErrorCode =
  /** A problem, or a part of one, has a wrong type, range, shape or an unknown key. */
  | "invalid-problem"
  /** An option of a call is wrong. */
  | "invalid-argument"
  /** Samples or labels are ragged, not finite, outside their classes, or a class has none. */
  | "invalid-data"
  /** A covariance of order parameters has a negative eigenvalue beyond rounding. */
  | "not-positive-semidefinite"
  /** Valid, but not what this method can do; the sentence names one that can. */
  | "unsupported"
  /** The run would need more memory than WebAssembly gives. */
  | "out-of-memory"
  /** A snapshot or buffer of another problem, core or version. */
  | "snapshot-mismatch"
  /** The WebAssembly core could not be loaded. */
  | "wasm-unavailable"
  /** An optional peer dependency is not installed. */
  | "missing-dependency"
  /** An experiment file is malformed. */
  | "invalid-experiment"
  /** A file could not be read. */
  | "unreadable-file"
  /** A file or folder could not be written. */
  | "unwritable-output"
  /** A file of data ends early, or is not what its head says. */
  | "malformed-data"
  /** The engine was disposed of. */
  | "disposed";

export class SgdDynamicsError extends Error {
  override readonly name = "SgdDynamicsError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** A value as an error message shows it: short, and with its type where that is the point. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === "number" || typeof value === "boolean" || value === null || value === undefined)
    return String(value);
  if (typeof value === "function") return "a function";
  if (ArrayBuffer.isView(value) || Array.isArray(value)) return `an array of ${(value as ArrayLike<unknown>).length}`;
  const text = safeText(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function safeText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}
