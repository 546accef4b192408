/** What an instance needs once: its tables, and the names behind its codes as text. (Names of parameter blocks are beside the blocks.) */
import { initialiseNormals } from "./random/normal";
import { initialiseErfTable } from "./special/erf-table";

/** Fills all tables; once an instance, before anything else. */
export function initialise(): void {
  initialiseErfTable();
  initialiseNormals();
}

/** Names of the kinds of activations; the position of a name is its number (activations.ts). */
export function activationNames(): string {
  return "erf relu linear quadratic tanh logistic softplus gelu leaky-relu hermite";
}
