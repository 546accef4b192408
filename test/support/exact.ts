// Fixtures of exact values (test/fixtures/exact.py), and how far computed ones are from them.
import { readFileSync } from "node:fs";
import { expect } from "vitest";

export interface Column {
  readonly value: string;
  readonly residual: string;
}

// biome-ignore lint/suspicious/noExplicitAny: groups of columns as the generators name them
export function readFixture(name: string): any {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));
}

function bytes(column: string): ArrayBuffer {
  return Uint8Array.from(atob(column), (c) => c.charCodeAt(0)).buffer;
}

export const doubles = (column: string) => new Float64Array(bytes(column));

/** Distance of neighbours in [2^e, 2^(e+1)). */
function ulp(value: number): number {
  const exponent = Number((new BigUint64Array(new Float64Array([value]).buffer)[0] >> 52n) & 0x7ffn);
  return 2 ** (Math.max(exponent, 1) - 1075);
}

/** Distances from the exact values: in ulps of them and absolutely, at each point, the largest, and the mean in ulps. */
export function errorsOf(computed: Float64Array, { value, residual }: Column) {
  const nearest = doubles(value);
  const rest = new Int16Array(bytes(residual));
  expect(computed.length).toBe(nearest.length);
  const units = nearest.map(ulp);
  // neighbours of v differ from it by exact multiples of the unit, so only the residual limits this
  const each = nearest.map((v, i) =>
    Number.isNaN(computed[i]) ? Infinity : Math.abs((computed[i] - v) / units[i] - rest[i] / 65536),
  );
  const largest = (values: Float64Array) => values.reduce((x, y) => Math.max(x, y), 0);
  return {
    each,
    ulps: largest(each),
    mean: each.reduce((sum, error) => sum + error / each.length, 0),
    absolute: largest(each.map((error, i) => error * units[i])),
  };
}
