/** Numbers along axes. */

/** `count` numbers, each `ratio` times the one before. */
export function geometric(first: number, ratio: number, count: number): number[] {
  const values = [first];
  while (values.length < count) values.push(values[values.length - 1] * ratio);
  return values;
}

/** `count` numbers from `first` to `last`, equally far apart. */
export function linear(first: number, last: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + ((last - first) * i) / (count - 1));
}
