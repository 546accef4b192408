/**
 * Gauss rules from three-term recurrences (Golub & Welsch 1969): for orthonormal polynomials beta_(j+1) p_(j+1) = (x - alpha_j) p_j - beta_j p_(j-1) the nodes
 * are the eigenvalues of the symmetric tridiagonal matrix of the alpha and beta, the weights the squares of the first components of its eigenvectors.
 */

/**
 * Nodes and weights of the n-point rule, by the implicit QL method (Dubrulle, Martin & Wilkinson 1968), which carries the first components along.
 * @param nodes n f64: alpha_0 .. alpha_(n-1), overwritten by the nodes
 * @param beta n f64: beta_1 .. beta_(n-1) and one more, destroyed
 * @param weights n f64, written
 * @param mass integral of 1
 */
export function gaussRule(n: i32, nodes: usize, beta: usize, weights: usize, mass: f64): void {
  const last = <usize>(n - 1) << 3;
  memory.fill(weights, 0, <usize>n << 3);
  store<f64>(weights, 1);
  store<f64>(beta + last, 0);
  for (let l: usize = 0; l <= last; l += 8) {
    for (let turn = 0; turn < 60; turn++) {
      let m = l;
      for (; m < last; m += 8) {
        const size = Math.abs(load<f64>(nodes + m)) + Math.abs(load<f64>(nodes + m, 8));
        if (Math.abs(load<f64>(beta + m)) <= 1.1e-16 * size) break;
      }
      if (m == l) break;
      const bl = load<f64>(beta + l), dl = load<f64>(nodes + l);
      let g = (load<f64>(nodes + l, 8) - dl) / (2 * bl);
      let r = Math.sqrt(g * g + 1);
      g = load<f64>(nodes + m) - dl + bl / (g + (g < 0 ? -r : r));
      let s = 1.0, c = 1.0, p = 0.0;
      for (let i = m - 8; <isize>i >= <isize>l; i -= 8) {
        let f = s * load<f64>(beta + i);
        const b = c * load<f64>(beta + i);
        r = Math.sqrt(f * f + g * g);
        store<f64>(beta + i, r, 8);
        if (r == 0) {
          // the block splits here
          store<f64>(nodes + i, load<f64>(nodes + i, 8) - p, 8);
          break;
        }
        s = f / r;
        c = g / r;
        g = load<f64>(nodes + i, 8) - p;
        r = (load<f64>(nodes + i) - g) * s + 2 * c * b;
        p = s * r;
        store<f64>(nodes + i, g + p, 8);
        g = c * r - b;
        f = load<f64>(weights + i, 8);
        store<f64>(weights + i, s * load<f64>(weights + i) + c * f, 8);
        store<f64>(weights + i, c * load<f64>(weights + i) - s * f);
      }
      if (r != 0 || m == l) {
        store<f64>(nodes + l, load<f64>(nodes + l) - p);
        store<f64>(beta + l, g);
      }
      store<f64>(beta + m, 0);
    }
  }
  for (let i: usize = 0; i <= last; i += 8) {
    const first = load<f64>(weights + i);
    store<f64>(weights + i, mass * first * first);
  }
}

/** The Gauss-Legendre rule on [from, to]. */
export function legendre(n: i32, from: f64, to: f64, nodes: usize, beta: usize, weights: usize): void {
  for (let j = 0; j < n; j++) {
    const k = <f64>(j + 1);
    store<f64>(nodes + (j << 3), 0);
    store<f64>(beta + (j << 3), k / Math.sqrt(4 * k * k - 1));
  }
  gaussRule(n, nodes, beta, weights, to - from);
  for (let j = 0; j < n; j++) store<f64>(nodes + (j << 3), 0.5 * (from + to + (to - from) * load<f64>(nodes + (j << 3))));
}

/** The Gauss-Hermite rule of the law N(0, 1). */
export function hermite(n: i32, nodes: usize, beta: usize, weights: usize): void {
  for (let j = 0; j < n; j++) {
    store<f64>(nodes + (j << 3), 0);
    store<f64>(beta + (j << 3), Math.sqrt(<f64>(j + 1)));
  }
  gaussRule(n, nodes, beta, weights, 1);
}
