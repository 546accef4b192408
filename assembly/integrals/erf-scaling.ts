/**
 * How the erf noise matrix grows with the inputs: dN(tau Omega) / dtau at tau = 1, which the mean of a step at finite d needs (THEORY (B10)).
 *
 * In the notation of erf.ts, with K = I + Omega_ij,ij and (alpha_u, beta_u) = K^-1 (O_ui, O_uj), the tilted covariance (C6) of tau Omega has
 *
 *   d Omega~_uv = Omega~_uv - alpha_u alpha_v - beta_u beta_v,     d log B(i, j) = (A + B) / (2 det) - 1,
 *
 * because d(tau^2 K^-1) = 2 K^-1 - K^-1 (K - I) K^-1 = K^-1 + K^-2. For x_uv = w_u w_v Omega~_uv, w_u = (1 + Omega~_uu)^-1/2, that gives
 *
 *   d x_uv = x_uv (e_u + e_v) / 2 - w_u w_v (alpha_u alpha_v + beta_u beta_v),     e_u = w_u^2 (1 + alpha_u^2 + beta_u^2),
 *
 * and d asin x = dx / sqrt(1 - x^2): roots, and no arc sine.
 */

const TWO_OVER_PI: f64 = 0.6366197723675814;

// @ts-ignore: decorator
@inline
function two(O: usize, first: usize, second: usize): v128 {
  return f64x2.replace_lane(v128.load64_splat(O + first), 1, load<f64>(O + second));
}

/**
 * The derivative for every pair i <= j, without n_s^2 a_i a_j; two pairs at a time.
 * @param O, stride, cc, k, p, pairs as `noisePairs` takes them
 * @param N what `noisePairs` gave
 * @param lanes work space, m x 96 bytes: w, w O_i, w O_j, w alpha, w beta, e of row u
 * @param out one f64 a pair in the order of the list, room for one more
 */
export function noiseScaling(
  O: usize, stride: usize, cc: usize, k: i32, p: i32, pairs: usize, N: usize, lanes: usize, out: usize,
): void {
  const m = k + p;
  const groups = (p * (p + 1) / 2 + 1) >> 1;
  const one = f64x2.splat(1), half = f64x2.splat(0.5);
  for (let g = 0; g < groups; g++, pairs += 16, N += 16, out += 16) {
    const i0 = <usize>(k + load<i32>(pairs)) << 3, j0 = <usize>(k + load<i32>(pairs, 4)) << 3;
    const i1 = <usize>(k + load<i32>(pairs, 8)) << 3, j1 = <usize>(k + load<i32>(pairs, 12)) << 3;
    const rowI0 = (i0 >> 3) * stride, rowJ0 = (j0 >> 3) * stride, rowI1 = (i1 >> 3) * stride, rowJ1 = (j1 >> 3) * stride;
    const A = f64x2.add(one, two(O, rowI0 + i0, rowI1 + i1));
    const B = f64x2.add(one, two(O, rowJ0 + j0, rowJ1 + j1));
    const X = two(O, rowI0 + j0, rowI1 + j1);
    const det = f64x2.sub(f64x2.mul(A, B), f64x2.mul(X, X));
    const inverse = f64x2.div(one, det);

    let to = lanes;
    for (let u: usize = 0; u < <usize>m; u++, to += 96) {
      const Oi = two(O, rowI0 + (u << 3), rowI1 + (u << 3));
      const Oj = two(O, rowJ0 + (u << 3), rowJ1 + (u << 3));
      const alpha = f64x2.mul(f64x2.sub(f64x2.mul(B, Oi), f64x2.mul(X, Oj)), inverse);
      const beta = f64x2.mul(f64x2.sub(f64x2.mul(A, Oj), f64x2.mul(X, Oi)), inverse);
      const uu = v128.load64_splat(O + u * stride + (u << 3));
      const tilted = f64x2.sub(f64x2.sub(uu, f64x2.mul(alpha, Oi)), f64x2.mul(beta, Oj));
      const w = f64x2.div(one, f64x2.sqrt(f64x2.add(one, tilted)));
      const wAlpha = f64x2.mul(w, alpha), wBeta = f64x2.mul(w, beta);
      v128.store(to, w);
      v128.store(to, f64x2.mul(w, Oi), 16);
      v128.store(to, f64x2.mul(w, Oj), 32);
      v128.store(to, wAlpha, 48);
      v128.store(to, wBeta, 64);
      v128.store(to, f64x2.add(f64x2.mul(w, w), f64x2.add(f64x2.mul(wAlpha, wAlpha), f64x2.mul(wBeta, wBeta))), 80);
    }

    let sum = f64x2.splat(0);
    let beside = cc + (<usize>m << 4);
    for (let u: usize = 0, row = lanes; row < to; u++, row += 96) {
      const w = v128.load(row), wAlpha = v128.load(row, 48), wBeta = v128.load(row, 64), e = v128.load(row, 80);
      let entry = O + u * stride + (u << 3), weight = cc + (u << 4);
      for (let other = row; other < to; other += 96, entry += 8) {
        const x = f64x2.sub(
          f64x2.sub(
            f64x2.mul(v128.load64_splat(entry), f64x2.mul(w, v128.load(other))),
            f64x2.mul(wAlpha, v128.load(other, 16))),
          f64x2.mul(wBeta, v128.load(other, 32)));
        const dx = f64x2.sub(
          f64x2.mul(f64x2.mul(half, x), f64x2.add(e, v128.load(other, 80))),
          f64x2.add(f64x2.mul(wAlpha, v128.load(other, 48)), f64x2.mul(wBeta, v128.load(other, 64))));
        const root = f64x2.sqrt(f64x2.mul(f64x2.sub(one, x), f64x2.add(one, x)));
        sum = f64x2.add(sum, f64x2.mul(v128.load(weight), f64x2.div(dx, root)));
        weight = beside;
        beside += 16;
      }
      beside -= 16;
    }
    const logSlope = f64x2.sub(f64x2.mul(half, f64x2.mul(f64x2.add(A, B), inverse)), one);
    const pair = f64x2.div(f64x2.splat(TWO_OVER_PI), f64x2.sqrt(det));
    v128.store(out, f64x2.add(f64x2.mul(v128.load(N), logSlope), f64x2.mul(pair, sum)));
  }
}
