/** Labels beside the ends of curves: as near to their places as they can be without covering each other. */

/**
 * Places at least `gap` apart within [low, high] that are nearest to `wanted` in the sum of squares, in the order of `wanted`.
 * Subtracting i gap from the sorted i-th leaves an isotonic regression, solved exactly by pooling adjacent violators
 * (Ayer et al. 1955); bounds clip its solution. When the labels do not fit they are spread evenly.
 */
export function dodge(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const n = wanted.length;
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
  const places = new Array<number>(n);
  if ((n - 1) * gap > high - low) {
    for (let i = 0; i < n; i++) places[order[i]] = low + ((high - low) * i) / (n - 1);
    return places;
  }
  const pools: { mean: number; size: number }[] = [];
  for (let i = 0; i < n; i++) {
    let pool = { mean: wanted[order[i]]! - i * gap, size: 1 };
    while (pools.length > 0 && pools.at(-1)!.mean >= pool.mean) {
      const last = pools.pop()!;
      const size = last.size + pool.size;
      pool = { mean: (last.mean * last.size + pool.mean * pool.size) / size, size };
    }
    pools.push(pool);
  }
  let i = 0;
  for (const { mean, size } of pools) {
    const level = Math.min(Math.max(mean, low), high - (n - 1) * gap);
    for (let k = 0; k < size; k++, i++) places[order[i]] = level + i * gap;
  }
  return places;
}
