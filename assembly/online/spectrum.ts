/**
 * Inputs x ~ N(0, C) with few eigenvalues (THEORY D.4), as f64 numbers: variance and multiplicity of each eigenspace in turn. Coordinates of
 * input space come in that order. A variance may be 0; multiplicities are whole numbers whose sum is d.
 */

// @ts-ignore: decorator
@inline
export function varianceOf(spectrum: usize, space: i32): f64 {
  return load<f64>(spectrum + (<usize>space << 4));
}

// @ts-ignore: decorator
@inline
export function multiplicityOf(spectrum: usize, space: i32): f64 {
  return load<f64>(spectrum + (<usize>space << 4), 8);
}

/** x <- factor x for `count` numbers, wherever they begin and end. */
export function scaleNumbers<T extends number>(x: usize, factor: f64, count: i32): void {
  const end = x + <usize>count * sizeof<T>(), scale = v128.splat<T>(<T>factor);
  for (; x + 16 <= end; x += 16) v128.store(x, v128.mul<T>(v128.load(x), scale));
  for (; x < end; x += sizeof<T>()) store<T>(x, <T>(load<T>(x) * <T>factor));
}
