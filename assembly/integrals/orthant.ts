/**
 * What an orthant integral of four unit Gaussian fields is made of: the dihedral angles of a spherical tetrahedron and its volume.
 *
 * With rho their correlations and m_{cd|ab} the minor of rows {a, b, c} and columns {a, b, d} of rho,
 *
 *   A_ab = asin(partial correlation of c and d given a and b) = atan2(m_{cd|ab}, sqrt((1 - rho_ab^2) det))               (O1)
 *   J    = (pi/2)^2 E[sgn x_a sgn x_b sgn x_c sgn x_d]                                                                   (O2)
 *        = sum_b int_0^1 dt rho_ab / sqrt(1 - t^2 rho_ab^2) A_ab(t),    b over the three others                          (O3)
 *
 * so that P(all four > 0) = 1/16 + sum_pairs asin(rho) / (8 pi) + J / (4 pi^2). (O3) is Plackett's (1954) derivative along the path on
 * which the correlations of `a` are scaled by t; then det(t) = d_a (1 - t^2 kappa^2) with kappa the multiple correlation of `a` with
 * the others and d_a the determinant of those, and with s = t^2
 *
 *   A_ab(t) = atan2((1 - s) m_{cd|b} + s m_{cd|ab}, sqrt((1 - s rho_ab^2) d_a (1 - s kappa^2)))                            (O4)
 *
 * whose terms are sums of the values at both ends: nothing cancels. `a` is the field with the smallest d_a, hence the smallest kappa;
 * all singularities lie on the real axis beyond 1 / kappa, which is what `path-nodes` asks for. Degenerate fields cost more nodes
 * and no accuracy, down to kappa = 1.
 *
 * Nearly parallel fields have minors of the order of the distances' products, and their angles enter integrals with weights of
 * order 1 whose sum alone is small: so minors are computed in double-double from rho, as good as exactly. And where rounding has left
 * fields in a plane or space with a slightly indefinite rho, for which no tetrahedron exists, all rho are shrunk by 4e-15 (or as much
 * as it takes): only then do the angles belong to each other.
 *
 * A block of four fields u v w z lists their pairs such that complements are neighbours: uv wz  uw vz  uz vw.
 *
 *   byte   0   6 f64  rho; in and out
 *   byte  48   6 f64  out: 1 - rho^2
 *   byte  96   6 f64  out: A
 *   byte 144  22 f64  work space: minors; determinants of the three others of u, v, w, z; and of each term of (O3)
 *                     1 - rho^2, the ends of its minor, rho
 */
import { atan2RightPair } from "../special/atan";
import { productErrorPair, smallSumErrorPair, sumErrorPair } from "../special/double-double-pair";
import { productError } from "../special/double-double";
import { pathClass } from "./path-nodes";

export const FOUR_BYTES: usize = 320;
export const SINES: usize = 48;
export const ANGLES: usize = 96;
const MINORS: usize = 144, DETERMINANTS: usize = 192, PATH: usize = 224;
/** The first shrinking of rho, some times what rounding leaves of an eigenvalue 0; and that, to be told from 0. */
const SHRINK: f64 = 4e-15;
const LEAST: f64 = 1e-15;

/** Pairs of the fields x and y, as indices into the lists of a block: row x, column y. */
const PAIR: usize = memory.data<u8>([0, 0, 2, 4, 0, 0, 5, 3, 2, 5, 0, 1, 4, 3, 1, 0]);

// @ts-ignore: decorator
@inline
export function pairOf(x: i32, y: i32): i32 {
  return <i32>load<u8>(PAIR + ((x << 2) | y));
}

// @ts-ignore: decorator
@inline
function swap(v: v128): v128 {
  return v128.shuffle<f64>(v, v, 1, 0);
}

/**
 * m_{cd|ab} = (1 - ab^2) (cd - ac ad) - (bc - ab ac) (bd - ab ad) from correlations: each factor, as a sum of two doubles, and the
 * difference to 2^-100 of its terms, so that only the result is rounded. With c = d and cd = 1 the determinant of three fields.
 */
function minorPair(ab: v128, ac: v128, ad: v128, bc: v128, bd: v128, cd: v128): v128 {
  const one = f64x2.splat(1);
  let p = f64x2.mul(ab, ab);
  let d = f64x2.sub(one, p);
  let e = f64x2.sub(smallSumErrorPair(one, f64x2.neg(p), d), productErrorPair(ab, ab, p));
  const bb = f64x2.add(d, e), bbLow = smallSumErrorPair(d, e, bb);

  p = f64x2.mul(ac, ad);
  d = f64x2.sub(cd, p);
  e = f64x2.sub(sumErrorPair(cd, f64x2.neg(p), d), productErrorPair(ac, ad, p));
  const cc = f64x2.add(d, e), ccLow = smallSumErrorPair(d, e, cc);

  p = f64x2.mul(ab, ac);
  d = f64x2.sub(bc, p);
  e = f64x2.sub(sumErrorPair(bc, f64x2.neg(p), d), productErrorPair(ab, ac, p));
  const x = f64x2.add(d, e), xLow = smallSumErrorPair(d, e, x);

  p = f64x2.mul(ab, ad);
  d = f64x2.sub(bd, p);
  e = f64x2.sub(sumErrorPair(bd, f64x2.neg(p), d), productErrorPair(ab, ad, p));
  const y = f64x2.add(d, e), yLow = smallSumErrorPair(d, e, y);

  const first = f64x2.mul(bb, cc), second = f64x2.mul(x, y);
  const value = f64x2.sub(first, second);
  const errors = f64x2.sub(productErrorPair(bb, cc, first), productErrorPair(x, y, second));
  const lows = f64x2.sub(
    f64x2.add(f64x2.mul(bb, ccLow), f64x2.mul(bbLow, cc)),
    f64x2.add(f64x2.mul(x, yLow), f64x2.mul(xLow, y)));
  return f64x2.add(value, f64x2.add(sumErrorPair(first, f64x2.neg(second), value), f64x2.add(errors, lows)));
}

/** bc - ab ac, small differences too. */
// @ts-ignore: decorator
@inline
function conditional(bc: f64, ab: f64, ac: f64): f64 {
  const p = ab * ac;
  return bc - p - productError(ab, ac, p);
}

/** One term of the integrand of (O3) but for the factor rho_ab, at two nodes. */
// @ts-ignore: decorator
@inline
function term(from: usize, s: v128, rest: v128, root: v128): v128 {
  const sine = f64x2.sqrt(f64x2.add(rest, f64x2.mul(s, v128.load64_splat(from))));
  const minor = f64x2.add(f64x2.mul(rest, v128.load64_splat(from + 8)), f64x2.mul(s, v128.load64_splat(from + 16)));
  return f64x2.mul(v128.load64_splat(from + 24), f64x2.div(atan2RightPair(minor, f64x2.mul(sine, root)), sine));
}

/** Fills 1 - rho^2, the minors and the determinants of a block. */
function fillMinors(block: usize): void {
  const one = f64x2.splat(1);
  for (let b = block; b < block + 48; b += 16) {
    const rho = v128.load(b);
    v128.store(b, f64x2.mul(f64x2.sub(one, rho), f64x2.add(one, rho)), SINES);
  }
  const uv = v128.load64_splat(block), wz = v128.load64_splat(block + 8);
  const uw = v128.load64_splat(block + 16), vz = v128.load64_splat(block + 24);
  const uvwz = v128.load(block), uwvz = v128.load(block + 16), uzvw = v128.load(block + 32);
  const vzuz = v128.shuffle<f64>(uwvz, uzvw, 1, 2);
  v128.store(block + MINORS, minorPair(uvwz, uw, uzvw, swap(uzvw), vz, swap(uvwz)));
  v128.store(block + MINORS, minorPair(uwvz, uv, uzvw, swap(uzvw), wz, swap(uwvz)), 16);
  v128.store(block + MINORS, minorPair(uzvw, uv, uwvz, swap(uwvz), wz, swap(uzvw)), 32);
  const vwuw = v128.shuffle<f64>(uzvw, uwvz, 1, 2);
  v128.store(block + DETERMINANTS, minorPair(wz, vwuw, vwuw, vzuz, vzuz, one));
  const uzuw = v128.shuffle<f64>(uzvw, uwvz, 0, 2), vzvw = v128.shuffle<f64>(uwvz, uzvw, 1, 3);
  v128.store(block + DETERMINANTS, minorPair(uv, uzuw, uzuw, vzvw, vzvw, one), 16);
}

/**
 * The determinant by Sylvester's identity, (1 - rho_ab^2) det = d_c d_d - m_{cd|ab}^2, from that of the six pairs ab for which least is
 * lost to the difference.
 */
function determinant(block: usize): f64 {
  const uv = v128.load(block, DETERMINANTS), wz = v128.load(block, DETERMINANTS + 16);
  const wu = v128.shuffle<f64>(wz, uv, 0, 2), zv = v128.shuffle<f64>(wz, uv, 1, 3), vu = swap(uv);
  // beside each pair the product of the other two's
  const products = block + PATH;
  v128.store(products, f64x2.mul(wu, zv));
  v128.store(products, f64x2.mul(vu, swap(wz)), 16);
  v128.store(products, f64x2.mul(vu, wz), 32);
  let least = Infinity, det = 0.0;
  for (let pair = block; pair < block + 48; pair += 8) {
    const sine = load<f64>(pair, SINES), product = load<f64>(pair, PATH), m = load<f64>(pair, MINORS);
    if (product < least * sine) {
      least = product / sine;
      det = (product - m * m) / sine;
    }
  }
  return det;
}

/** Fills the sines and angles of a block and returns J. No two of the fields are parallel. */
export function fourFields(block: usize): f64 {
  const d = block + DETERMINANTS;
  let a = 0, da = 0.0, det = 0.0;
  for (let shrink = SHRINK; ; shrink *= 16.0) {
    fillMinors(block);
    a = 0;
    let sum = load<f64>(d);
    for (let x = 1; x < 4; x++) {
      sum += load<f64>(d + (x << 3));
      if (load<f64>(d + (x << 3)) < load<f64>(d + (a << 3))) a = x;
    }
    da = load<f64>(d + (a << 3));
    det = determinant(block);
    // rho is definite, and its smallest eigenvalue no smaller than det / sum
    if (da > 0.0 && det > LEAST * sum) break;
    if (shrink > 16.0) return NaN; // of a NaN: no rho up to 1 needs so much
    const scale = f64x2.splat(1.0 - shrink);
    for (let at = block; at < block + 48; at += 16) v128.store(at, f64x2.mul(scale, v128.load(at)));
  }
  const splat = f64x2.splat(det);
  for (let at = block; at < block + 48; at += 16) {
    v128.store(at, atan2RightPair(v128.load(at, MINORS), f64x2.sqrt(f64x2.mul(splat, v128.load(at, SINES)))), ANGLES);
  }
  return pathIntegral(block, a, da, det);
}

/** (O3) from a, d_a and the determinant of all four, the minors being filled. */
function pathIntegral(block: usize, a: i32, da: f64, det: f64): f64 {
  const path = block + PATH;
  // of each two neighbours one pair holds a, with the field x = a ^ 1, a ^ 2, a ^ 3; the other pair is the others' without x
  const first = load<f64>(block + (<usize>(pairOf(a, a ^ 1) ^ 1) << 3));
  const second = load<f64>(block + (<usize>(pairOf(a, a ^ 2) ^ 1) << 3));
  const third = load<f64>(block + (<usize>(pairOf(a, a ^ 3) ^ 1) << 3));
  store<f64>(path, conditional(first, second, third), 8);
  store<f64>(path, conditional(second, first, third), 40);
  store<f64>(path, conditional(third, first, second), 72);
  for (let g = 0; g < 3; g++) {
    const to = path + (g << 5);
    const pair = block + (<usize>pairOf(a, a ^ (g + 1)) << 3);
    store<f64>(to, load<f64>(pair, SINES));
    store<f64>(to, load<f64>(pair, MINORS), 16);
    store<f64>(to, load<f64>(pair), 24);
  }

  // 1 - kappa^2; and 1 - s kappa^2 = (1 - s) + s gap
  const gap = min(det / da, 1.0);
  const entry = pathClass(gap);
  const end = <usize>load<u32>(entry, 12);
  const D = f64x2.splat(da), K = f64x2.splat(gap);
  let sum = f64x2.splat(0);
  for (let node = <usize>load<u32>(entry, 8); node < end; node += 48) {
    const s = v128.load(node), rest = v128.load(node, 16);
    const root = f64x2.sqrt(f64x2.mul(D, f64x2.add(rest, f64x2.mul(s, K))));
    const value = f64x2.add(term(path, s, rest, root), term(path + 32, s, rest, root));
    sum = f64x2.add(sum, f64x2.mul(v128.load(node, 32), f64x2.add(value, term(path + 64, s, rest, root))));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}
