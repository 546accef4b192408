// What every error of the library owes its reader.
import { expect } from "vitest";
import { type ErrorCode, SgdDynamicsError } from "../../src/index.js";

/** Runs something that must fail, and gives its error: a SgdDynamicsError with a code and one sentence (or two) fit for a terminal. */
export async function errorOf(action: () => unknown): Promise<SgdDynamicsError> {
  let result: unknown;
  try {
    result = await action();
  } catch (error) {
    expect(error).toBeInstanceOf(SgdDynamicsError);
    const { name, message } = error as SgdDynamicsError;
    expect(name).toBe("SgdDynamicsError");
    expect(message).toMatch(/^\S.*[.?]$/);
    expect(message).not.toMatch(/Invalid input|\[object|\n/);
    return error as SgdDynamicsError;
  }
  throw new Error(`accepted: ${JSON.stringify(result)?.slice(0, 200)}`);
}

/** An error with this code whose sentence has all these parts: what was given, what is allowed. */
export async function expectError(
  action: () => unknown,
  code: ErrorCode,
  ...parts: (string | RegExp)[]
): Promise<void> {
  const { code: given, message } = await errorOf(action);
  expect({ code: given, message }).toMatchObject({ code });
  for (const part of parts) expect(message).toMatch(part);
}
