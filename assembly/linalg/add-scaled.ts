/** to += factor * from, f64, over so many bytes, a multiple of 16. */
// @ts-ignore: decorator
@inline
export function addScaled(to: usize, factor: f64, from: usize, bytes: usize): void {
  const scale = f64x2.splat(factor);
  for (let b: usize = 0; b < bytes; b += 16) v128.store(to + b, f64x2.add(v128.load(to + b), f64x2.mul(scale, v128.load(from + b))));
}
