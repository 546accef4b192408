/**
 * Matrices in panels: eight columns to a panel, so that every operand of the kernels (tiles.ts) is read in a straight line.
 *
 *   element (r, c) of a matrix of `rows` rows is at  panel(c / 8) + 32 r + 4 (c mod 8),  panel(j) = address + j panelBytes(rows)
 *
 * Activations and gradients have a row a sample (or a sample's pixel) and a column a unit; weights a row an input and a column an output. Columns are filled up to
 * eights and the rows of samples too: what is added is zero, where it matters. All f32, 16-byte aligned.
 */

/** Bytes between panels that no one uses: without them the panels of 128 samples would all fall into the same sets of a cache. */
const GAP: usize = 128;

/** Bytes from a panel to the next. */
// @ts-ignore: decorator
@inline
export function panelBytes(rows: i32): usize {
  return (<usize>rows << 5) + GAP;
}

// @ts-ignore: decorator
@inline
export function eights(n: i32): i32 {
  return (n + 7) & ~7;
}

/** Weights as users have them, outputs x inputs row-major, into panels of eight outputs; `to` is zeroed before. */
export function packWeights(from: usize, inputs: i32, outputs: i32, to: usize): void {
  const bytes = panelBytes(eights(inputs));
  memory.fill(to, 0, bytes * (eights(outputs) >> 3));
  for (let o = 0; o < outputs; o++) {
    let at = to + bytes * (o >> 3) + (<usize>(o & 7) << 2);
    for (let i = 0; i < inputs; i++, at += 32, from += 4) store<f32>(at, load<f32>(from));
  }
}

/** The inverse of `packWeights`. */
export function unpackWeights(from: usize, inputs: i32, outputs: i32, to: usize): void {
  const bytes = panelBytes(eights(inputs));
  for (let o = 0; o < outputs; o++) {
    let at = from + bytes * (o >> 3) + (<usize>(o & 7) << 2);
    for (let i = 0; i < inputs; i++, at += 32, to += 4) store<f32>(to, load<f32>(at));
  }
}

/** One row of `columns` (a multiple of 8) numbers into row r of panels: `to` is the address of that row in the first. */
// @ts-ignore: decorator
@inline
export function packRow(from: usize, columns: i32, to: usize, bytes: usize): void {
  for (const end = from + (<usize>columns << 2); from < end; from += 32, to += bytes) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  }
}

/** Stores the transpose of four vectors, `bytes` from one to the next. */
// @ts-ignore: decorator
@inline
export function storeTransposed(a: v128, b: v128, c: v128, d: v128, to: usize, bytes: usize): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7), CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(ab, cd, 0, 2));
  v128.store(to + bytes, v128.shuffle<f64>(ab, cd, 1, 3));
  v128.store(to + 2 * bytes, v128.shuffle<f64>(AB, CD, 0, 2));
  v128.store(to + 3 * bytes, v128.shuffle<f64>(AB, CD, 1, 3));
}

/** The transpose of a matrix in panels, in panels; rows and columns are multiples of 8. Cost: a load and a store for four numbers, two shuffles. */
export function transposePanels(from: usize, rows: i32, columns: i32, to: usize): void {
  const fromBytes = panelBytes(rows), toBytes = panelBytes(columns);
  for (let c = 0; c < columns; c += 8, from += fromBytes, to += 256) {
    let out = to;
    for (let at = from, end = from + (<usize>rows << 5); at < end; at += 256, out += toBytes) {
      for (let half: usize = 0; half < 32; half += 16) {
        for (let r: usize = 0; r < 256; r += 128) {
          const block = at + half + r;
          storeTransposed(v128.load(block), v128.load(block, 32), v128.load(block, 64), v128.load(block, 96), out + (half << 3) + (r >> 3), 32);
        }
      }
    }
  }
}
