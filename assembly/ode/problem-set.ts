/**
 * Problems for tests of the solvers: the non-stiff set of Hull, Enright, Fellen & Sedgwick (SIAM J. Numer. Anal. 9, 1972), three stiff
 * ones of the Test Set for IVP Solvers, and one whose exact solution is at hand. `problem` is the
 * address of the problem's parameter, which only the last one has.
 */
import { sinCos } from "../special/trig";
import { Jacobian, RightHandSide } from "./solver";

const WAVE = memory.data(16);

// @ts-ignore: decorator
@inline
function at(y: usize, i: i32): f64 {
  return load<f64>(y + (<usize>i << 3));
}

// @ts-ignore: decorator
@inline
function put(dy: usize, i: i32, value: f64): void {
  store<f64>(dy + (<usize>i << 3), value);
}

function sine(x: f64): f64 {
  sinCos(x, WAVE);
  return load<f64>(WAVE);
}

function cosine(x: f64): f64 {
  sinCos(x, WAVE);
  return load<f64>(WAVE, 8);
}

function a1(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, -at(y, 0));
}

function a2(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, -0.5 * at(y, 0) * at(y, 0) * at(y, 0));
}

function a3(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, at(y, 0) * cosine(t));
}

function a4(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, 0.25 * at(y, 0) * (1.0 - at(y, 0) / 20.0));
}

function a5(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, (at(y, 0) - t) / (at(y, 0) + t));
}

function b1(problem: usize, t: f64, y: usize, dy: usize): void {
  const both = at(y, 0) * at(y, 1);
  put(dy, 0, 2.0 * (at(y, 0) - both));
  put(dy, 1, both - at(y, 1));
}

function b2(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, at(y, 1) - at(y, 0));
  put(dy, 1, at(y, 0) - 2.0 * at(y, 1) + at(y, 2));
  put(dy, 2, at(y, 1) - at(y, 2));
}

function b3(problem: usize, t: f64, y: usize, dy: usize): void {
  const square = at(y, 1) * at(y, 1);
  put(dy, 0, -at(y, 0));
  put(dy, 1, at(y, 0) - square);
  put(dy, 2, square);
}

function b4(problem: usize, t: f64, y: usize, dy: usize): void {
  const r = Math.sqrt(at(y, 0) * at(y, 0) + at(y, 1) * at(y, 1));
  put(dy, 0, -at(y, 1) - (at(y, 0) * at(y, 2)) / r);
  put(dy, 1, at(y, 0) - (at(y, 1) * at(y, 2)) / r);
  put(dy, 2, at(y, 0) / r);
}

function b5(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, at(y, 1) * at(y, 2));
  put(dy, 1, -at(y, 0) * at(y, 2));
  put(dy, 2, -0.51 * at(y, 0) * at(y, 1));
}

function c1(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, -at(y, 0));
  for (let i = 1; i < 9; i++) put(dy, i, at(y, i - 1) - at(y, i));
  put(dy, 9, at(y, 8));
}

function c2(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, -at(y, 0));
  for (let i = 1; i < 9; i++) put(dy, i, <f64>i * at(y, i - 1) - <f64>(i + 1) * at(y, i));
  put(dy, 9, 9.0 * at(y, 8));
}

function diffusion(y: usize, dy: usize, n: i32): void {
  for (let i = 0; i < n; i++) put(dy, i, (i > 0 ? at(y, i - 1) : 0.0) - 2.0 * at(y, i) + (i < n - 1 ? at(y, i + 1) : 0.0));
}

function c3(problem: usize, t: f64, y: usize, dy: usize): void {
  diffusion(y, dy, 10);
}

function c4(problem: usize, t: f64, y: usize, dy: usize): void {
  diffusion(y, dy, 51);
}

const MASSES = memory.data<f64>([0.000954786104043, 0.000285583733151, 0.0000437273164546, 0.0000517759138449, 0.00000277777777778]);

/** Five planets and the sun, in heliocentric coordinates. */
function c5(problem: usize, t: f64, y: usize, dy: usize): void {
  memory.copy(dy, y + 120, 120);
  for (let j = 0; j < 5; j++) {
    for (let x = 0; x < 3; x++) {
      let force = (-(1.00000597682 + at(MASSES, j)) * at(y, 3 * j + x)) / cube(y, j, -1);
      for (let k = 0; k < 5; k++) {
        if (k == j) continue;
        force += at(MASSES, k) * ((at(y, 3 * k + x) - at(y, 3 * j + x)) / cube(y, j, k) - at(y, 3 * k + x) / cube(y, k, -1));
      }
      put(dy, 15 + 3 * j + x, 2.95912208286 * force);
    }
  }
}

/** The cube of the distance of planets j and k, or of j and the sun. */
function cube(y: usize, j: i32, k: i32): f64 {
  let sum = 0.0;
  for (let x = 0; x < 3; x++) {
    const apart = at(y, 3 * j + x) - (k < 0 ? 0.0 : at(y, 3 * k + x));
    sum += apart * apart;
  }
  return sum * Math.sqrt(sum);
}

function d(problem: usize, t: f64, y: usize, dy: usize): void {
  const r2 = at(y, 0) * at(y, 0) + at(y, 1) * at(y, 1);
  const r3 = r2 * Math.sqrt(r2);
  put(dy, 0, at(y, 2));
  put(dy, 1, at(y, 3));
  put(dy, 2, -at(y, 0) / r3);
  put(dy, 3, -at(y, 1) / r3);
}

function e1(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, at(y, 1));
  put(dy, 1, -(at(y, 1) / (t + 1.0) + (1.0 - 0.25 / ((t + 1.0) * (t + 1.0))) * at(y, 0)));
}

function e2(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, at(y, 1));
  put(dy, 1, (1.0 - at(y, 0) * at(y, 0)) * at(y, 1) - at(y, 0));
}

function e3(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, at(y, 1));
  put(dy, 1, (at(y, 0) * at(y, 0) * at(y, 0)) / 6.0 - at(y, 0) + 2.0 * sine(2.78535 * t));
}

function e4(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, at(y, 1));
  put(dy, 1, 0.032 - 0.4 * at(y, 1) * at(y, 1));
}

function e5(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, at(y, 1));
  put(dy, 1, Math.sqrt(1.0 + at(y, 1) * at(y, 1)) / (25.0 - t));
}

function robertson(problem: usize, t: f64, y: usize, dy: usize): void {
  const a = 0.04 * at(y, 0), b = 1e4 * at(y, 1) * at(y, 2), c = 3e7 * at(y, 1) * at(y, 1);
  put(dy, 0, b - a);
  put(dy, 1, a - b - c);
  put(dy, 2, c);
}

function robertsonJacobian(problem: usize, t: f64, y: usize, dy: usize, J: usize, rowBytes: usize, dt: usize): void {
  robertson(problem, t, y, dy);
  memory.fill(dt, 0, 24);
  const y1 = 1e4 * at(y, 1), y2 = 1e4 * at(y, 2), c = 6e7 * at(y, 1);
  put(J, 0, -0.04);
  put(J, 1, y2);
  put(J, 2, y1);
  put(J + rowBytes, 0, 0.04);
  put(J + rowBytes, 1, -y2 - c);
  put(J + rowBytes, 2, -y1);
  put(J + 2 * rowBytes, 0, 0.0);
  put(J + 2 * rowBytes, 1, c);
  put(J + 2 * rowBytes, 2, 0.0);
}

function vanDerPol(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, at(y, 1));
  put(dy, 1, 1e6 * ((1.0 - at(y, 0) * at(y, 0)) * at(y, 1) - at(y, 0)));
}

function vanDerPolJacobian(problem: usize, t: f64, y: usize, dy: usize, J: usize, rowBytes: usize, dt: usize): void {
  vanDerPol(problem, t, y, dy);
  put(J, 0, 0.0);
  put(J, 1, 1.0);
  put(J + rowBytes, 0, 1e6 * (-2.0 * at(y, 0) * at(y, 1) - 1.0));
  put(J + rowBytes, 1, 1e6 * (1.0 - at(y, 0) * at(y, 0)));
  put(dt, 0, 0.0);
  put(dt, 1, 0.0);
}

function hires(problem: usize, t: f64, y: usize, dy: usize): void {
  const q = 280.0 * at(y, 5) * at(y, 7);
  put(dy, 0, -1.71 * at(y, 0) + 0.43 * at(y, 1) + 8.32 * at(y, 2) + 0.0007);
  put(dy, 1, 1.71 * at(y, 0) - 8.75 * at(y, 1));
  put(dy, 2, -10.03 * at(y, 2) + 0.43 * at(y, 3) + 0.035 * at(y, 4));
  put(dy, 3, 8.32 * at(y, 1) + 1.71 * at(y, 2) - 1.12 * at(y, 3));
  put(dy, 4, -1.745 * at(y, 4) + 0.43 * at(y, 5) + 0.43 * at(y, 6));
  put(dy, 5, -q + 0.69 * at(y, 3) + 1.71 * at(y, 4) - 0.43 * at(y, 5) + 0.69 * at(y, 6));
  put(dy, 6, q - 1.81 * at(y, 6));
  put(dy, 7, 1.81 * at(y, 6) - q);
}

const LINEAR = memory.data<f64>([
  -1.71, 0.43, 8.32, 0, 0, 0, 0, 0,
  1.71, -8.75, 0, 0, 0, 0, 0, 0,
  0, 0, -10.03, 0.43, 0.035, 0, 0, 0,
  0, 8.32, 1.71, -1.12, 0, 0, 0, 0,
  0, 0, 0, 0, -1.745, 0.43, 0.43, 0,
  0, 0, 0, 0.69, 1.71, -0.43, 0.69, 0,
  0, 0, 0, 0, 0, 0, -1.81, 0,
  0, 0, 0, 0, 0, 0, 1.81, 0,
]);

function hiresJacobian(problem: usize, t: f64, y: usize, dy: usize, J: usize, rowBytes: usize, dt: usize): void {
  hires(problem, t, y, dy);
  memory.fill(dt, 0, 64);
  for (let i = 0; i < 8; i++) {
    const row = J + <usize>i * rowBytes;
    memory.copy(row, LINEAR + (<usize>i << 6), 64);
    if (i < 5) continue;
    const sign = i == 6 ? 280.0 : -280.0;
    put(row, 5, at(row, 5) + sign * at(y, 7));
    put(row, 7, at(row, 7) + sign * at(y, 5));
  }
}

/** Prothero & Robinson: y' = rate (y - sin t) + cos t with y(0) = 0, solved by sin t whatever the rate at `problem`. */
function tracking(problem: usize, t: f64, y: usize, dy: usize): void {
  put(dy, 0, load<f64>(problem) * (at(y, 0) - sine(t)) + cosine(t));
}

const FUNCTIONS: RightHandSide[] = [
  a1, a2, a3, a4, a5, b1, b2, b3, b4, b5, c1, c2, c3, c4, c5, d, d, d, d, d, e1, e2, e3, e4, e5, robertson, vanDerPol, hires, tracking,
];
const NAMES = "A1 A2 A3 A4 A5 B1 B2 B3 B4 B5 C1 C2 C3 C4 C5 D1 D2 D3 D4 D5 E1 E2 E3 E4 E5 Robertson van-der-Pol HIRES tracking";
/** Of the three stiff ones. */
const FIRST_STIFF: i32 = 25;
const JACOBIANS: Jacobian[] = [robertsonJacobian, vanDerPolJacobian, hiresJacobian];

/** Names of the problems, in the order of `problemFunction`. */
export function problemNames(): string {
  return NAMES;
}

/** Table index of a problem's right-hand side. */
export function problemFunction(index: i32): i32 {
  return FUNCTIONS[index].index;
}

/** Table index of a stiff problem's own Jacobian, 0 for the others. */
export function problemJacobian(index: i32): i32 {
  const stiff = index - FIRST_STIFF;
  return stiff >= 0 && stiff < JACOBIANS.length ? JACOBIANS[stiff].index : 0;
}
