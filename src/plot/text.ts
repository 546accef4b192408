/** Texts of a figure: how wide they are, where they break, and how superscripts and Greek letters become ASCII. */

/** Advance widths of ' ' to '~' in DejaVu Sans 2.37, thousandths of the font size. Helvetica and Arial are narrower. */
const ADVANCES = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
  636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
  748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
  615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
  337, 636, 838,
];

const WIDE = new Set("−×±→∞≤≥≈=…—√");

/** Superscripts and subscripts of Unicode with the characters they stand for. */
const RAISED: Record<string, string> = Object.fromEntries(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ", "0123456789−+n"));
const LOWERED: Record<string, string> = Object.fromEntries(zip("₀₁₂₃₄₅₆₇₈₉₋₊ₐ", "0123456789−+a"));

const GREEK =
  "α alpha β beta γ gamma δ delta ε epsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho σ sigma " +
  "τ tau υ upsilon φ phi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Φ Phi Ψ Psi Ω Omega";
const SIGNS = "− - – - — - × x · . ± +- … ... → -> ≤ <= ≥ >= ≈ ~ ∞ inf √ sqrt";
const ASCII = new Map(Array.from(`${GREEK} ${SIGNS}`.matchAll(/(\S+) (\S+)/g), ([, char, name]) => [char, name]));

/** "^{-δ}", "_{max}": what Unicode has no raised or lowered characters for. */
const BRACES = /([\^_]\{[^{}]*\})/;
const BRACED = /^([\^_])\{([^{}]*)\}$/;
/** The size of raised and lowered characters. */
const SMALL = 0.72;

/** Width of a text in DejaVu Sans at a font size, in the unit of the size; an estimate for other scripts. */
export function textWidth(text: string, size: number): number {
  let sum = 0;
  for (const part of text.split(BRACES)) {
    const inner = BRACED.exec(part)?.[2];
    for (const char of inner ?? part) {
      const known = ADVANCES[char.codePointAt(0)! - 32];
      const width = known ?? (char in RAISED || char in LOWERED ? 445 : WIDE.has(char) ? 838 : 640);
      sum += inner === undefined ? width : SMALL * width;
    }
  }
  return (sum * size) / 1000;
}

/** Lines of at most `width`, broken at blanks; a longer word stands alone. `measure` gives the width of a text. */
export function wrap(text: string, width: number, measure: (text: string) => number): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    for (const word of paragraph.split(" ")) {
      const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
      if (lines.length > 0 && measure(longer) <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  });
}

/** A text in runs of normal, raised and lowered characters: "10⁻³" is [normal "10", raised "−3"], and so is "10^{−3}". */
export function scripts(text: string): { text: string; level: "normal" | "raised" | "lowered" }[] {
  const runs: { text: string; level: "normal" | "raised" | "lowered" }[] = [];
  const add = (plain: string, level: "normal" | "raised" | "lowered") => {
    const last = runs.at(-1);
    if (last?.level === level) last.text += plain;
    else runs.push({ text: plain, level });
  };
  for (const part of text.split(BRACES)) {
    const [, mark, inner] = BRACED.exec(part) ?? [];
    if (mark) add(inner, mark === "^" ? "raised" : "lowered");
    else
      for (const char of part)
        add(RAISED[char] ?? LOWERED[char] ?? char, char in RAISED ? "raised" : char in LOWERED ? "lowered" : "normal");
  }
  return runs;
}

/** A text without braces, for where nothing can be raised: "d^{−δ}" becomes "d^−δ", "d^{1+δ}" "d^(1+δ)". */
export function flat(text: string): string {
  const bracketed = (inner: string) => (/[ +(]|.[−-]/.test(inner) ? `(${inner})` : inner);
  return text.replace(/([\^_])\{([^{}]*)\}/g, (_, mark: string, inner: string) => mark + bracketed(inner));
}

/** A text in ASCII: "10⁻³" becomes "1e-3", "ε" "epsilon", "é" "e"; what has no such form becomes "?". */
export function toASCII(text: string): string {
  const powers = text.replace(/(?:×|\b)10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (match, power: string) => {
    return `${match.startsWith("×") ? "" : "1"}e${Array.from(power, (char) => RAISED[char]).join("")}`;
  });
  const plain = scripts(powers).map(({ level, text: run }) => (level === "raised" ? flat(`^{${run}}`) : run));
  const bare = plain
    .join("")
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "");
  return Array.from(bare, (char) => ASCII.get(char) ?? (char <= "~" ? char : "?")).join("");
}

function zip(from: string, to: string): [string, string][] {
  const plain = Array.from(to);
  return Array.from(from, (char, i) => [char, plain[i]]);
}
