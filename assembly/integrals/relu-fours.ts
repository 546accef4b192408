/**
 * What sets of four different fields add to the noise matrix of `relu-noise`: for unit fields z and with P_ab = S_ab A_ab in the words
 * of `orthant`,
 *
 *   (pi/2)^2 E[sg_a sg_b |z_c| |z_d|] = rho_cd J + P_cd + rho_ad P_ac + rho_ac P_ad + rho_bd P_bc + rho_bc P_bd
 *                                       + K_ab(z_c, z_d) / S_ab^2 P_ab                                                     (R8)
 *
 * by Stein's lemma, twice: (C21) with its ten delta terms collected. J and the six angles A belong to the *set* {a, b, c, d}, so one
 * path integral serves all the entries of N to which a set contributes: as many integrals as there are sets, and not pairs of pairs.
 *
 * Where fields are parallel (a student equal to a teacher, doubled, scaled, reversed) signs cancel, sg_a |z_a| = z_a, and (R6), (R7) are
 * left. Fields 1e-7 apart are not parallel: (R8) is as good there as anywhere.
 */
import { ANGLES, fourFields, pairOf, SINES } from "./orthant";
import { initialisePathNodes } from "./path-nodes";
import { asinRow, rhoRow } from "./relu";
import { K, overSine, squaredSine } from "./relu-pairs";

const TWO_OVER_PI: f64 = 0.6366197723675814;
/** Squared sine below which fields count as parallel: what the rounding of Omega and of rho can make of a 0. */
const PARALLEL: f64 = 1e-15;

// @ts-ignore: decorator
@inline
function at(row: usize, i: i32): f64 {
  return load<f64>(row + (<usize>i << 3));
}

/** Entry of a list of a block: fields x and y, 0 .. 3. */
// @ts-ignore: decorator
@inline
function pair(list: usize, x: i32, y: i32): f64 {
  return load<f64>(list + (<usize>pairOf(x, y) << 3));
}

/** Adds to the entry of students i < j. */
// @ts-ignore: decorator
@inline
function add(out: usize, p: i32, i: i32, j: i32, value: f64): void {
  const to = out + (<usize>((i * (2 * p - i - 1)) / 2 + j) << 3);
  store<f64>(to, load<f64>(to) + value);
}

/** Whether two fields of a block are parallel. Fills its sines. */
function areParallel(block: usize): bool {
  const one = f64x2.splat(1);
  let least = one;
  for (let b = block; b < block + 48; b += 16) {
    const rho = v128.load(b);
    const sine = f64x2.mul(f64x2.sub(one, rho), f64x2.add(one, rho));
    least = f64x2.pmin(least, sine);
    v128.store(b, sine, SINES);
  }
  return min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1)) <= PARALLEL;
}

/** E[z_c sg_b |z_d|] over 2 / pi (R6). */
function signed(block: usize, c: i32, b: i32, d: i32): f64 {
  return pair(block, b, c) * Math.sqrt(pair(block + SINES, b, d)) + pair(block, c, d) * pair(block + ANGLES, b, d);
}

/**
 * E[sg_a sg_b |z_c| |z_d|] over 2 / pi where two or more of the four fields a, b, c, d of a block (0 .. 3 in some order) are parallel; the
 * block's angles are asin rho.
 */
function parallelFour(block: usize, a: i32, b: i32, c: i32, d: i32): f64 {
  const sines = block + SINES, angles = block + ANGLES;
  const ab = pair(block, a, b), ac = pair(block, a, c), ad = pair(block, a, d), bc = pair(block, b, c), bd = pair(block, b, d);
  const cd = pair(block, c, d);
  // sg_a sg_b = +-1
  if (pair(sines, a, b) <= PARALLEL) return copysign<f64>(1.0, ab) * (Math.sqrt(pair(sines, c, d)) + cd * pair(angles, c, d));
  // sg_a |z_c| = +-z_c
  if (pair(sines, a, c) <= PARALLEL) return copysign<f64>(1.0, ac) * signed(block, c, b, d);
  if (pair(sines, a, d) <= PARALLEL) return copysign<f64>(1.0, ad) * signed(block, d, b, c);
  if (pair(sines, b, c) <= PARALLEL) return copysign<f64>(1.0, bc) * signed(block, c, a, d);
  if (pair(sines, b, d) <= PARALLEL) return copysign<f64>(1.0, bd) * signed(block, d, a, c);
  // |z_c| |z_d| = +-z_c z_d
  return copysign<f64>(1.0, cd) * (cd * pair(angles, a, b) + overSine(ab, ac, bc, ad, bd));
}

/**
 * Adds 2 w_c w_d E[sg_i sg_j |z_c| |z_d|] over 2 / pi for all sets {i, j, c, d} of four different fields, i < j students.
 * @param first the first field with w != 0 (earlier ones are teachers)
 * @param table, stride of `relu`
 * @param w m f64
 * @param block of `orthant`
 * @param out upper triangle of p x p f64 by rows
 */
export function addFours(table: usize, stride: usize, k: i32, p: i32, first: i32, w: usize, block: usize, out: usize): void {
  const m = k + p;
  initialisePathNodes();
  for (let z = max(k + 1, 3); z < m; z++) {
    for (let y = max(k, 2); y < z; y++) {
      for (let x = first + 1; x < y; x++) {
        for (let u = first; u < x; u++) addFour(table, stride, k, p, u, x, y, z, w, block, out);
      }
    }
  }
}

/** The same for one set u < x < y < z of fields, of which y and z are students. */
function addFour(
  table: usize, stride: usize, k: i32, p: i32, u: i32, x: i32, y: i32, z: i32, w: usize, block: usize, out: usize,
): void {
  const rhoX = rhoRow(table, stride, x), rhoY = rhoRow(table, stride, y), rhoZ = rhoRow(table, stride, z);
  store<f64>(block, at(rhoX, u));
  store<f64>(block, at(rhoZ, y), 8);
  store<f64>(block, at(rhoY, u), 16);
  store<f64>(block, at(rhoZ, x), 24);
  store<f64>(block, at(rhoZ, u), 32);
  store<f64>(block, at(rhoY, x), 40);
  if (areParallel(block)) {
    addParallel(table, stride, k, p, u, x, y, z, w, block, out);
    return;
  }
  const J = fourFields(block);
  // after it: it may have changed rho
  const ux = load<f64>(block), uy = load<f64>(block, 16), uz = load<f64>(block, 32);
  const yz = load<f64>(block, 8), xz = load<f64>(block, 24), xy = load<f64>(block, 40);
  const Pux = product(block), Puy = product(block + 16), Puz = product(block + 32);
  const Pyz = product(block + 8), Pxz = product(block + 24), Pxy = product(block + 40);
  const wu = 2.0 * TWO_OVER_PI * at(w, u), wx = 2.0 * TWO_OVER_PI * at(w, x), wy = at(w, y), wz = at(w, z);

  const common = ux * J + Pux + xy * Puy + uy * Pxy + xz * Puz + uz * Pxz;
  add(out, p, y - k, z - k, wu * at(w, x) * (common + slope(yz, uy, uz, xy, xz) * Pyz));
  if (x < k) return;
  add(out, p, x - k, z - k, wu * wy * (uy * J + Puy + xy * Pux + ux * Pxy + yz * Puz + uz * Pyz + slope(xz, ux, uz, xy, yz) * Pxz));
  add(out, p, x - k, y - k, wu * wz * (uz * J + Puz + xz * Pux + ux * Pxz + yz * Puy + uy * Pyz + slope(xy, ux, uy, xz, yz) * Pxy));
  if (u < k) return;
  const last = yz * J + Pyz + uy * Puz + uz * Puy + xy * Pxz + xz * Pxy;
  add(out, p, u - k, x - k, 2.0 * TWO_OVER_PI * wy * wz * (last + slope(ux, uy, xy, uz, xz) * Pux));
  add(out, p, u - k, y - k, wx * wz * (xz * J + Pxz + ux * Puz + uz * Pux + xy * Pyz + yz * Pxy + slope(uy, ux, xy, uz, yz) * Puy));
  add(out, p, u - k, z - k, wx * wy * (xy * J + Pxy + ux * Puy + uy * Pux + xz * Pyz + yz * Pxz + slope(uz, ux, xz, uy, yz) * Puz));
}

/** S A of a pair of a block. */
// @ts-ignore: decorator
@inline
function product(pair: usize): f64 {
  return Math.sqrt(load<f64>(pair, SINES)) * load<f64>(pair, ANGLES);
}

/** K_ab over S_ab^2. */
// @ts-ignore: decorator
@inline
function slope(rho: f64, ya: f64, yb: f64, za: f64, zb: f64): f64 {
  return K(rho, ya, yb, za, zb) / squaredSine(rho);
}

/** `addFour` where fields are parallel. */
function addParallel(
  table: usize, stride: usize, k: i32, p: i32, u: i32, x: i32, y: i32, z: i32, w: usize, block: usize, out: usize,
): void {
  const m = k + p;
  const asinX = asinRow(table, stride, m, x), asinY = asinRow(table, stride, m, y), asinZ = asinRow(table, stride, m, z);
  const angles = block + ANGLES;
  store<f64>(angles, at(asinX, u));
  store<f64>(angles, at(asinZ, y), 8);
  store<f64>(angles, at(asinY, u), 16);
  store<f64>(angles, at(asinZ, x), 24);
  store<f64>(angles, at(asinZ, u), 32);
  store<f64>(angles, at(asinY, x), 40);
  const wu = 2.0 * at(w, u), wx = 2.0 * at(w, x), wy = at(w, y), wz = at(w, z);
  add(out, p, y - k, z - k, wu * at(w, x) * parallelFour(block, 2, 3, 0, 1));
  if (x < k) return;
  add(out, p, x - k, z - k, wu * wy * parallelFour(block, 1, 3, 0, 2));
  add(out, p, x - k, y - k, wu * wz * parallelFour(block, 1, 2, 0, 3));
  if (u < k) return;
  add(out, p, u - k, x - k, 2.0 * wy * wz * parallelFour(block, 0, 1, 2, 3));
  add(out, p, u - k, y - k, wx * wz * parallelFour(block, 0, 2, 1, 3));
  add(out, p, u - k, z - k, wx * wy * parallelFour(block, 0, 3, 1, 2));
}
