/**
 * Weights of teachers on the nodes of Gauss-Hermite rules, where polynomials of the students' fields are known (polynomial-student.ts): omega_q of one, from
 * expansion.ts's moments, and omega_qr of a product of two in the orthonormal coordinates y1 = x_l / w_l and y2 of their plane, from E[t_l t_m h_a(y1) h_b(y2)] by the
 * trapezoid rule, or in polar coordinates about a kink.
 */
import { activate } from "../activations";
import { exp } from "../special/exp";
import { atan2, sinCos } from "../special/trig";
import { expand, leakOf, polynomialCount, root } from "./expansion";
import { legendre } from "./quadrature";

const INVERSE_2PI: f64 = 0.15915494309189535;
const PI: f64 = 3.141592653589793;
/** Terms of either parity of an expansion, which gives moments up to degree 48. */
const TERMS: i32 = 24;

const expansion = memory.data(16 + 24 * 16, 16), point = memory.data(16, 16);
/** h_a of one number, and moments E[t_l t_m h_a h_b] of two grids. */
const values = memory.data(8 * 32, 16), nextMoments = memory.data(8 * 32 * 32, 16), moments = memory.data(8 * 32 * 32, 16);

/** h_0(z), .., h_(count - 1)(z). */
function hermites(z: f64, count: i32, out: usize): void {
  let h = 1.0, below = 0.0;
  for (let n = 0; n < count; n++, out += 8) {
    store<f64>(out, h);
    const next = (z * h - (n > 0 ? root(n) * below : 0)) / root(n + 1);
    below = h;
    h = next;
  }
}

/** omega_q of a teacher of standard deviation w, on the Gauss-Hermite rule of `count` nodes: nodes, then weights. */
export function crossWeights(teacher: i32, count: i32, rule: usize, w: f64, out: usize): void {
  expand(teacher, w, TERMS, TERMS, expansion);
  for (let q = 0; q < count; q++, out += 8) {
    const z = load<f64>(rule + (<usize>q << 3));
    // E[t h_0] = sigma_0, E[t h_n] = w kappa_(n-1)
    let sum = load<f64>(expansion), h = z, below = 1.0;
    for (let n = 1; n < count; n++) {
      const kappa = load<f64>(expansion + 16 + (<usize>((n - 1) >> 1) << 3) + (n & 1 ? 0 : TERMS << 3));
      sum += w * kappa * h;
      const next = (z * h - root(n) * below) / root(n + 1);
      below = h;
      h = next;
    }
    store<f64>(out, sum * load<f64>(rule + (<usize>(count + q) << 3)));
  }
}

/** omega_qr of two teachers with variances a, b and covariance C, on the rule of n nodes in either variable; returns the error of their moments. */
export function squareWeights(teacher: i32, n: i32, rule: usize, a: f64, b: f64, C: f64, out: usize): f64 {
  const wa = Math.sqrt(a), wb = Math.sqrt(b), norm = wa * wb;
  const rho = norm > 0 ? max(-1.0, min(1.0, C / norm)) : 0, rest = sine(a, b, C);
  const leak = leakOf(teacher);
  const error = leak == leak ? polarMoments(leak, n, wa, wb, rho, rest) : planeMoments(teacher, n, wa, wb, rho, rest);
  for (let q = 0; q < n; q++) {
    for (let r = 0; r < n; r++, out += 8) {
      // h_b(z_r), then h_a(z_q) by its recurrence
      hermites(load<f64>(rule + (<usize>r << 3)), n, values);
      const z = load<f64>(rule + (<usize>q << 3));
      let sum = 0.0, h = 1.0, below = 0.0;
      for (let i = 0; i < n; i++) {
        let row = 0.0;
        for (let j = 0; i + j < n; j++) row += load<f64>(moments + (<usize>(i * n + j) << 3)) * load<f64>(values + (<usize>j << 3));
        sum += h * row;
        const next = (z * h - (i > 0 ? root(i) * below : 0)) / root(i + 1);
        below = h;
        h = next;
      }
      const weights = rule + (<usize>n << 3);
      store<f64>(out, sum * load<f64>(weights + (<usize>q << 3)) * load<f64>(weights + (<usize>r << 3)));
    }
  }
  return error;
}

/** sqrt(1 - rho^2); 0 where it is rounding alone. */
export function sine(a: f64, b: f64, C: f64): f64 {
  if (!(a * b > 0)) return 1;
  const square = (a * b - C * C) / (a * b);
  return square > 4e-16 ? Math.sqrt(square) : 0;
}

/** E[t_l t_m h_a h_b] by the trapezoid rule, as expansion.ts's: halved until half of the figures agree. Polynomials reach further out than others. */
function planeMoments(code: i32, n: i32, wa: f64, wb: f64, rho: f64, rest: f64): f64 {
  const cut = polynomialCount(code) > 0 ? 18.0 : 14.0, bytes = <usize>(n * n) << 3;
  let step = 0.28 / max(max(wa, wb), 0.7);
  addPlane(code, n, wa, wb, rho, rest, step, cut);
  let error = 1.0;
  do {
    memory.copy(moments, nextMoments, bytes);
    step *= 0.5;
    addPlane(code, n, wa, wb, rho, rest, step, cut);
    let apart = 0.0, size = 1e-300;
    for (let b: usize = 0; b < bytes; b += 8) {
      apart = max(apart, Math.abs(load<f64>(moments + b) - load<f64>(nextMoments + b)));
      size = max(size, Math.abs(load<f64>(nextMoments + b)));
    }
    memory.copy(moments, nextMoments, bytes);
    error = apart / size;
  } while (error > 1e-8 && step > 0.008);
  // halving squares the error
  return error > 1e-8 ? error : max(error * error, 1e-15);
}

function addPlane(code: i32, n: i32, wa: f64, wb: f64, rho: f64, rest: f64, step: f64, cut: f64): void {
  const half = <i32>(cut / step), across = 2 * half + 1, many = rest > 0 ? across : 1, even = <usize>((across + 1) & ~1) << 3;
  // fields, activations and slopes of one line, then e^(-y^2/2) h_b(y), b by b
  const x = heap.alloc(even * <usize>(3 + n)), s = x + even, ds = s + even, table = ds + even;
  for (let q = 0; q < across; q++) {
    const y = step * <f64>(q - half), density = many > 1 ? step * exp(-0.5 * y * y) : Math.sqrt(2 * PI);
    hermites(y, n, values);
    for (let b = 0; b < n; b++) store<f64>(table + <usize>b * even + (<usize>q << 3), density * load<f64>(values + (<usize>b << 3)));
  }
  memory.fill(nextMoments, 0, <usize>(n * n) << 3);
  for (let q = 0; q < across; q++) {
    const y = step * <f64>(q - half);
    store<f64>(x, wa * y);
    activate(code, x, s, ds, 1);
    const first = load<f64>(s) * step * exp(-0.5 * y * y) * INVERSE_2PI;
    for (let r = 0; r < many; r++) store<f64>(x + (<usize>r << 3), wb * (rho * y + (many > 1 ? rest * step * <f64>(r - half) : 0)));
    activate(code, x, s, ds, many);
    hermites(y, n, values);
    for (let b = 0; b < (many > 1 ? n : 1); b++) {
      let row = 0.0;
      // one node at 0 stands for all without a second direction
      for (let r = 0; r < many; r++) row += load<f64>(s + (<usize>r << 3)) * (many > 1 ? load<f64>(table + <usize>b * even + (<usize>r << 3)) : Math.sqrt(2 * PI));
      row *= first;
      for (let a = 0; a < n; a++) {
        const to = nextMoments + (<usize>(a * n + b) << 3);
        store<f64>(to, load<f64>(to) + row * load<f64>(values + (<usize>a << 3)));
      }
    }
  }
  heap.free(x);
}

const ANGLES: i32 = 40;
const RADII: i32 = 80;

/** E[t_l t_m h_a h_b] of leaky ReLU teachers, r^2 g(theta): Gauss-Legendre rules in r and between the angles where either bends. */
function polarMoments(leak: f64, n: i32, wa: f64, wb: f64, rho: f64, rest: f64): f64 {
  const rules = heap.alloc(8 * (3 * ANGLES + 3 * RADII)), angles = rules, angleWeights = rules + 8 * ANGLES;
  const radii = angleWeights + 8 * ANGLES, radiusWeights = radii + 8 * RADII, work = radiusWeights + 8 * RADII;
  const psi = atan2(rest, rho);
  // breaks in (-pi, pi], in order: the first one bends at +-pi/2, the other one at psi +- pi/2, psi in [0, pi]
  const low = psi - 0.5 * PI, high = psi + 0.5 * PI;
  let from = -0.5 * PI;
  memory.fill(moments, 0, <usize>(n * n) << 3);
  legendre(RADII, 0, 14, radii, work, radiusWeights);
  for (let wedge = 0; wedge < 4; wedge++) {
    const to = wedge == 0 ? low : wedge == 1 ? 0.5 * PI : wedge == 2 ? high : 1.5 * PI;
    if (to - from > 0) {
      legendre(ANGLES, from, to, angles, work, angleWeights);
      for (let q: usize = 0; q < <usize>ANGLES; q++) {
        sinCos(load<f64>(angles + (q << 3)), point);
        const cos = load<f64>(point, 8), sin = load<f64>(point), u = cos, v = rho * cos + rest * sin;
        const g = wa * wb * INVERSE_2PI * load<f64>(angleWeights + (q << 3)) * (u > 0 ? u : leak * u) * (v > 0 ? v : leak * v);
        if (g == 0) continue;
        for (let r: usize = 0; r < <usize>RADII; r++) {
          const radius = load<f64>(radii + (r << 3));
          hermites(radius * cos, n, values);
          hermites(radius * sin, n, nextMoments);
          const weight = g * radius * radius * radius * load<f64>(radiusWeights + (r << 3)) * exp(-0.5 * radius * radius);
          for (let a = 0; a < n; a++) {
            const row = weight * load<f64>(values + (<usize>a << 3));
            for (let b = 0; a + b < n; b++) {
              const entry = moments + (<usize>(a * n + b) << 3);
              store<f64>(entry, load<f64>(entry) + row * load<f64>(nextMoments + (<usize>b << 3)));
            }
          }
        }
      }
    }
    from = to;
  }
  heap.free(rules);
  return 4e-15;
}
