/**
 * L of a covariance matrix Omega = L L^T that may be singular (Cholesky): the leading parts first, so that it moves smoothly with Omega. A pivot that rounding alone
 * makes counts as 0, and so does its column.
 * @param O m x m f64, rows `stride` bytes apart
 * @param L m x m f64 row-major, written; zero above the diagonal
 */
export function factorCovariance(O: usize, stride: usize, m: i32, L: usize): void {
  const row = <usize>m << 3;
  memory.fill(L, 0, <usize>m * row);
  for (let j = 0; j < m; j++) {
    const Lj = L + <usize>j * row;
    const diagonal = load<f64>(O + <usize>j * stride + (j << 3));
    let pivot = diagonal;
    for (let c = 0; c < j; c++) pivot -= load<f64>(Lj + (c << 3)) * load<f64>(Lj + (c << 3));
    if (!(pivot > 1e-14 * diagonal)) continue;
    const root = Math.sqrt(pivot);
    store<f64>(Lj + (j << 3), root);
    for (let i = j + 1; i < m; i++) {
      const Li = L + <usize>i * row;
      let sum = load<f64>(O + <usize>i * stride + (j << 3));
      for (let c = 0; c < j; c++) sum -= load<f64>(Li + (c << 3)) * load<f64>(Lj + (c << 3));
      store<f64>(Li + (j << 3), sum / root);
    }
  }
}
