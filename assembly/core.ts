/** What crosses as text: names of codes and of parameter blocks, so that TypeScript holds no second copy of them. */
import { initialiseNormals } from "./random/normal";
import { initialiseErfTable } from "./special/erf-table";

/** Fills all tables; once an instance, before anything else. */
export function initialise(): void {
  initialiseErfTable();
  initialiseNormals();
}

/** Names of the activations; the position of a name is its code. */
export function activationNames(): string {
  return "erf relu linear quadratic";
}
