/**
 * Permutations of students and teachers that leave a state alone leave it alone for ever: the drift has the same symmetry. Entries that they carry into
 * each other are one unknown, so that a zero is sought among few numbers, and what rounding adds to the others cannot grow.
 */
import type { State } from "../row.js";
import type { Edge, Field } from "../wasm/field.js";

/** student i goes to students[i], teacher r to teachers[r]. */
interface Permutation {
  readonly students: readonly number[];
  readonly teachers: readonly number[];
}

/** The class of each number of a state (M, the upper triangle of Q, a), classes numbered from 0 on in order of appearance. */
export function classesOf(state: Omit<State, "risk">, p: number, k: number): { classes: Int32Array; count: number } {
  const place = placesOf(p, k);
  const parent = Int32Array.from({ length: p * k + (p * (p + 1)) / 2 + p }, (_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while (parent[at] !== at) at = parent[at];
    return at;
  };
  for (const permutation of candidates(p, k)) {
    if (!leavesAlone(state, permutation, p, k)) continue;
    for (const [from, to] of moves(permutation, place, p, k)) {
      const [x, y] = [root(from), root(to)];
      parent[Math.max(x, y)] = Math.min(x, y);
    }
  }
  const numbers = new Map<number, number>();
  const classes = parent.map((_, i) => {
    const representative = root(i);
    if (!numbers.has(representative)) numbers.set(representative, numbers.size);
    return numbers.get(representative)!;
  });
  return { classes, count: numbers.size };
}

/** Exchanges of two students; of two teachers, alone or with the students that are theirs: the first, or all copies. */
function* candidates(p: number, k: number): Generator<Permutation> {
  const [students, teachers] = [Array.from({ length: p }, (_, i) => i), Array.from({ length: k }, (_, r) => r)];
  const exchange = (r: number, s: number) => (i: number) => (i === r ? s : i === s ? r : i);
  for (let i = 0; i < p; i++)
    for (let j = i + 1; j < p; j++) yield { students: students.map(exchange(i, j)), teachers };
  for (let r = 0; r < k; r++) {
    for (let s = r + 1; s < k; s++) {
      const swapped = teachers.map(exchange(r, s));
      yield { students, teachers: swapped };
      if (s < p) yield { students: students.map(exchange(r, s)), teachers: swapped };
      const copies = students.map((i) => i - (i % k) + exchange(r, s)(i % k));
      if (copies.every((i) => i < p)) yield { students: copies, teachers: swapped };
    }
  }
}

function leavesAlone(
  { P, M, Q, a, aStar }: Omit<State, "risk">,
  { students, teachers }: Permutation,
  p: number,
  k: number,
): boolean {
  const same = (x: number, y: number) => Math.abs(x - y) <= 1e-12 * (1 + Math.abs(x));
  const all = <T>(list: readonly T[], holds: (at: number, to: T) => boolean) => list.every((to, at) => holds(at, to));
  return (
    all(
      teachers,
      (r, to) => same(aStar[r], aStar[to]) && all(teachers, (s, other) => same(P[r * k + s], P[to * k + other])),
    ) &&
    all(
      students,
      (i, to) =>
        same(a[i], a[to]) &&
        all(teachers, (r, other) => same(M[i * k + r], M[to * k + other])) &&
        all(students, (j, other) => same(Q[i * p + j], Q[to * p + other])),
    )
  );
}

/** Where the entries of M, Q and a stand in a state. */
function placesOf(p: number, k: number) {
  const upper = (i: number, j: number) => p * k + i * p - (i * (i - 1)) / 2 + (j - i);
  return {
    M: (i: number, r: number) => i * k + r,
    Q: (i: number, j: number) => (i <= j ? upper(i, j) : upper(j, i)),
    a: (i: number) => p * k + (p * (p + 1)) / 2 + i,
  };
}

function* moves({ students, teachers }: Permutation, place: ReturnType<typeof placesOf>, p: number, k: number) {
  for (let i = 0; i < p; i++) {
    for (let r = 0; r < k; r++) yield [place.M(i, r), place.M(students[i], teachers[r])];
    for (let j = i; j < p; j++) yield [place.Q(i, j), place.Q(students[i], students[j])];
    yield [place.a(i), place.a(students[i])];
  }
}

/** A field among states whose numbers are equal class by class: its unknowns are the classes. */
export class Reduced<F extends Field = Field> implements Field {
  readonly size: number;
  readonly field: F;
  readonly #classes: Int32Array;
  readonly #members: Float64Array;

  constructor(field: F, classes: Int32Array) {
    this.field = field;
    this.#classes = classes.subarray(0, field.size);
    this.size = 1 + this.#classes.reduce((most, c) => Math.max(most, c), -1);
    this.#members = new Float64Array(this.size);
    for (const c of this.#classes) this.#members[c]++;
  }

  /** The numbers of all entries. */
  expand(z: Float64Array): Float64Array {
    return Float64Array.from(this.#classes, (c) => z[c]);
  }

  /** Means over classes. */
  reduce(y: Float64Array): Float64Array {
    const z = new Float64Array(this.size);
    this.#classes.forEach((c, i) => {
      z[c] += y[i] / this.#members[c];
    });
    return z;
  }

  at(z: Float64Array): Float64Array {
    return this.reduce(this.field.at(this.expand(z)));
  }

  stateNear(z: Float64Array): Float64Array {
    return this.field.stateNear ? this.reduce(this.field.stateNear(this.expand(z))) : z;
  }

  get error(): number | undefined {
    return this.field.error;
  }

  get edge(): Edge | undefined {
    const { edge } = this.field;
    if (!edge) return undefined;
    return {
      isKinked: edge.isKinked,
      distance: (z) => edge.distance(this.expand(z)),
      inward: (z, by) => this.reduce(edge.inward(this.expand(z), by)),
    };
  }

  /** Rows' means over a class, columns' sums. */
  get jacobian(): ((z: Float64Array) => Float64Array) | undefined {
    const { field } = this;
    if (!field.jacobian) return undefined;
    return (z) => {
      const J = field.jacobian!(this.expand(z));
      const reduced = new Float64Array(this.size * this.size);
      this.#classes.forEach((row, i) => {
        const part = 1 / this.#members[row];
        this.#classes.forEach((column, j) => {
          reduced[row * this.size + column] += part * J[i * field.size + j];
        });
      });
      return reduced;
    };
  }

  isState(z: Float64Array, slack: number): boolean {
    return this.field.isState(this.expand(z), slack);
  }
}
