/** The excess risk of any activations: those that pair.ts has no closed form for are expanded once a unit. */
import { expand, expandedPair, expansionBytes, leakOf, MAX_TERMS, polynomialCount } from "./expansion";
import { isElementary, pairIntegral } from "./pair";

/** Terms of either parity that fields of variances up to v need: to 1e-15 for tanh, the slowest; the last of a polynomial. */
function termsOf(codeA: i32, codeB: i32, v: f64): i32 {
  const countA = polynomialCount(codeA), countB = polynomialCount(codeB);
  if (countA > 0 && countB > 0) return (max(countA, countB) + 1) & ~1;
  // beside a kink the terms of the smooth one have to get small alone
  const slow = leakOf(codeA) != leakOf(codeA) && leakOf(codeB) != leakOf(codeB) ? 64.0 : 200.0;
  return 24 + (<i32>min(slow * v, <f64>(MAX_TERMS - 24)) & ~1);
}

/**
 * As `excessRisk` (pair.ts), in memory taken for the call. The series end by themselves where one of two activations is a polynomial, and converge for
 * smooth ones, also beside one with a kink; two with kinks are elementary.
 */
export function expandedRisk(omega: usize, c: usize, k: i32, p: i32, teacher: i32, student: i32): f64 {
  const m = k + p, row = <usize>m << 3;
  let largest = 0.0;
  for (let i = 0, at = omega; i < m; i++, at += row + 8) largest = max(largest, load<f64>(at));
  const terms = termsOf(teacher, student, largest), bytes = expansionBytes(terms), expansions = heap.alloc(<usize>m * bytes);
  let sum = 0.0, own = expansions;
  for (let i = 0, at = omega; i < m; i++, at += row, own += bytes) {
    const codeI = i < k ? teacher : student, ci = load<f64>(c + (i << 3)), ii = load<f64>(at + (i << 3)), wi = Math.sqrt(ii);
    expand(codeI, wi, terms, terms, own);
    let inner = 0.0, other = expansions;
    for (let j = 0, diagonal = omega; j <= i; j++, diagonal += row + 8, other += bytes) {
      const codeJ = j < k ? teacher : student, jj = load<f64>(diagonal), ij = load<f64>(at + (j << 3));
      const pair = isElementary(codeI) && isElementary(codeJ)
        ? pairIntegral(codeI, codeJ, ii, jj, ij)
        : expandedPair(own, other, terms, wi, Math.sqrt(jj), ij);
      inner += (i == j ? 0.5 * ci : load<f64>(c + (j << 3))) * pair;
    }
    sum += ci * inner;
  }
  heap.free(expansions);
  return max(sum, 0.0);
}
