// Small vector fields in closed form, for tests of root finders.
import type { Field } from "../../src/wasm/field.js";

export function fieldOf(size: number, at: (y: Float64Array) => readonly number[], more: Partial<Field> = {}): Field {
  return { size, at: (y) => Float64Array.from(at(y)), isState: () => true, ...more };
}
