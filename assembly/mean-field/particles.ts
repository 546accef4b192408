/**
 * The flow of particles (a_i, u_i), u = w / sqrt d, on the population risk (THEORY (F1)), on the mean-field clock gamma n_s nu / d:
 *
 *   du_i/dt = a_i sum_l L_il u_l - decay u_i,   da_i/dt = secondRate sig_i - secondDecay a_i,   L of integrals/families.ts, l over teachers and students.
 *
 * With `reduced`, particle i has one more coordinate r_i along a direction of its own, so that Omega_ij = u_i.u_j + delta_ij r_i^2: with u the coordinates in
 * the span of the teachers and q_i = r_i^2 this is the dimension-free flow (F3), dr_i/dt = a_i L_ii r_i. r_i = 0 stays 0, and q_i >= 0 for ever.
 */
import { coefficientsOf, Integrals, integralsAt, secondLayerOf } from "../integrals/families";
import { addScaled } from "../linalg/add-scaled";
import { dot } from "../linalg/gram";
import { RightHandSide } from "../ode/solver";

/**
 * The parameter block: f64 numbers in the order of `particleFields`; addresses are numbers too.
 *
 * The state y is u (p x dimensions, row-major), with `reduced` r (p), a (p); without `trainsSecond` a stands still.
 *
 *   rows             k + p rows of rowBytes = 8 even(dimensions): the teachers' filled and padding 0, the students' work space
 *   sum              rowBytes of work space
 *   aStar            k
 *   integrals        work space of integrals/families.ts, ready
 *   O, c, L, sig     what it takes and gives
 */
@unmanaged
class Particles {
  p: f64; k: f64; dimensions: f64; reduced: f64; trainsSecond: f64; studentScale: f64; teacherScale: f64;
  decay: f64; secondRate: f64; secondDecay: f64;
  rows: f64; rowBytes: f64; sum: f64; aStar: f64; integrals: f64; O: f64; c: f64; L: f64; sig: f64;
}

/** Names of the numbers of `Particles`, in order, separated by spaces. */
export function particleFields(): string {
  return "p k dimensions reduced trainsSecond studentScale teacherScale " +
    "decay secondRate secondDecay " +
    "rows rowBytes sum aStar integrals O c L sig";
}

/** Fills Omega and c. */
function unpack(run: Particles, y: usize, stride: usize): void {
  const p = <i32>run.p, k = <i32>run.k, m = p + k;
  const rows = <usize>run.rows, rowBytes = <usize>run.rowBytes, bytes = <usize>run.dimensions << 3, O = <usize>run.O, c = <usize>run.c;
  for (let i = 0; i < p; i++, y += bytes) memory.copy(rows + <usize>(k + i) * rowBytes, y, bytes);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot<f64>(rows + <usize>i * rowBytes, rows + <usize>j * rowBytes, rowBytes);
      store<f64>(O + <usize>i * stride + (<usize>j << 3), product);
      store<f64>(O + <usize>j * stride + (<usize>i << 3), product);
    }
  }
  if (run.reduced != 0) {
    for (let i = k; i < m; i++, y += 8) {
      const at = O + <usize>i * stride + (<usize>i << 3), r = load<f64>(y);
      store<f64>(at, load<f64>(at) + r * r);
    }
  }
  for (let r = 0; r < k; r++) store<f64>(c + (<usize>r << 3), run.teacherScale * load<f64>(<usize>run.aStar + (<usize>r << 3)));
  for (let i = k; i < m; i++, y += 8) store<f64>(c + (<usize>i << 3), -run.studentScale * load<f64>(y));
}

/** dy = F(y). Cost: (p + k)^2 / 2 pair integrals and as many scalar products, and as many rows added. */
function particleFlow(address: usize, t: f64, y: usize, dy: usize): void {
  const run = changetype<Particles>(address);
  const p = <i32>run.p, k = <i32>run.k, m = p + k;
  const stride = <usize>((m + 1) & ~1) << 3, L = <usize>run.L, rows = <usize>run.rows, rowBytes = <usize>run.rowBytes, sum = <usize>run.sum;
  const bytes = <usize>run.dimensions << 3, integrals = changetype<Integrals>(<usize>run.integrals);
  unpack(run, y, stride);
  integralsAt(integrals, <usize>run.O, stride, <usize>run.c);
  coefficientsOf(integrals, L);
  const own = y + <usize>p * bytes, a = own + (run.reduced != 0 ? <usize>p << 3 : 0);
  for (let i = 0; i < p; i++, dy += bytes) {
    const ai = load<f64>(a + (<usize>i << 3)), row = L + <usize>i * stride;
    memory.fill(sum, 0, rowBytes);
    for (let l = 0; l < m; l++) addScaled(sum, ai * load<f64>(row + (<usize>l << 3)), rows + <usize>l * rowBytes, rowBytes);
    addScaled(sum, -run.decay, rows + <usize>(k + i) * rowBytes, rowBytes);
    memory.copy(dy, sum, bytes);
  }
  if (run.reduced != 0) {
    for (let i = 0; i < p; i++, dy += 8) {
      const self = load<f64>(L + <usize>i * stride + (<usize>(k + i) << 3));
      store<f64>(dy, (load<f64>(a + (<usize>i << 3)) * self - run.decay) * load<f64>(own + (<usize>i << 3)));
    }
  }
  if (run.trainsSecond != 0) {
    const sig = <usize>run.sig;
    secondLayerOf(integrals, sig);
    for (let i = 0; i < p << 3; i += 8, dy += 8) store<f64>(dy, run.secondRate * load<f64>(sig + i) - run.secondDecay * load<f64>(a + i));
  } else {
    memory.fill(dy, 0, <usize>p << 3);
  }
}

const FLOW: RightHandSide = particleFlow;

/** The table index of the flow, for the parameter block of `Solver`. */
export function particleFunction(): i32 {
  return FLOW.index;
}
