/** Colours that survive colour blindness and grey print, and the choice between an ordered and an unordered set. */

/**
 * Okabe and Ito's colours (Color Universal Design, 2008), the dark ones first; their yellow is left out, since a thin
 * yellow line on white cannot be seen.
 */
export const OKABE_ITO = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"] as const;

/** Viridis at 0, 1/8, ..., 1 (S. van der Walt and N. Smith, matplotlib 2.0). */
const VIRIDIS = [
  "#440154",
  "#472d7b",
  "#3b528b",
  "#2c728e",
  "#21918c",
  "#28ae80",
  "#5ec962",
  "#addc30",
  "#fde725",
] as const;

/** The end of viridis that is still dark enough for a line on white. */
const DARK_ENOUGH = 0.78;

/** Colours of the 256-colour terminal that read on dark and on light ground: unordered, and from cold to warm. */
const TERMINAL = [33, 208, 35, 170, 178, 45, 245] as const;
const TERMINAL_ORDERED = [99, 63, 33, 37, 35, 106, 178, 208, 203] as const;

/**
 * How a band is filled in its colour, and outlined: four or five on top of each other stay light, and their edges tell which is which where
 * the fills have mixed.
 */
export const BAND = { fillOpacity: 0.16, strokeOpacity: 0.5, strokeWidth: 0.7 } as const;

/** Theory, and the thinner dashes that must not compete with it. */
export const LINE_WIDTH = 1.7;
export const DASHED_WIDTH = 1.3;
export const DASHES = "5 3.5";

/** Marker shapes in the order of the groups, by the names Observable Plot has for them. */
export const SYMBOLS = ["circle", "square", "triangle", "diamond2", "cross", "star"] as const;

/** Whether the names of the groups differ by one number only ("p = 2", "p = 3", ...), so that their colours should be ordered. */
export function isOrdered(groups: readonly string[]): boolean {
  const number = /[-−+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi;
  const frames = groups.map((group) => group.replace(number, "#"));
  return groups.length > 2 && frames[0].split("#").length === 2 && frames.every((frame) => frame === frames[0]);
}

/** The colour of each of `count` groups, as hex texts. More groups than Okabe and Ito have colours for get shades of viridis. */
export function colours(count: number, ordered: boolean): string[] {
  if (!ordered && count <= OKABE_ITO.length) return OKABE_ITO.slice(0, count);
  return Array.from({ length: count }, (_, i) => viridis(count === 1 ? 0.25 : (DARK_ENOUGH * i) / (count - 1)));
}

/** The same for a terminal: indices into its 256 colours. */
export function terminalColours(count: number, ordered: boolean): number[] {
  const last = TERMINAL_ORDERED.length - 1;
  if (!ordered) return Array.from({ length: count }, (_, i) => TERMINAL[i % TERMINAL.length]);
  return Array.from(
    { length: count },
    (_, i) => TERMINAL_ORDERED[count === 1 ? 2 : Math.round((last * i) / (count - 1))],
  );
}

/** A colour mixed with black until text in it is easy to read on white. */
export function darkened(colour: string): string {
  return hex(channels(colour).map((value) => value * 0.72));
}

/** A colour mixed with white: 0 leaves it, 1 is white. */
export function lightened(colour: string, part: number): string {
  return hex(channels(colour).map((value) => value + part * (255 - value)));
}

/** A colour of viridis, from 0 (dark) to 1 (light). */
export function viridis(t: number): string {
  const position = t * (VIRIDIS.length - 1);
  const i = Math.min(Math.floor(position), VIRIDIS.length - 2);
  const [from, to] = [channels(VIRIDIS[i]), channels(VIRIDIS[i + 1])];
  return hex(from.map((value, c) => value + (position - i) * (to[c] - value)));
}

/** From blue (-1) by white (0) to vermillion (1), Okabe and Ito's: told apart by all, and grey print keeps the size. */
export function diverging(t: number): string {
  return lightened(t < 0 ? OKABE_ITO[0] : OKABE_ITO[1], 1 - Math.min(1, Math.abs(t)));
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));
}

function hex(rgb: readonly number[]): string {
  return `#${rgb.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
}
