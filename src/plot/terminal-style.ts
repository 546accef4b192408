/** What a terminal plot is drawn with: its size, its characters, its colours, and the key that explains them. */

import { terminalColours } from "./palette.js";
import { type Figure, type Look, lookOf, type PreparedSeries } from "./prepare.js";
import { flat, toASCII } from "./text.js";

export interface TerminalOptions {
  /** Characters a line, at least 40; default 80. */
  readonly width?: number;
  /** Lines of a panel with its axes and their labels, at least 8; default 22. Titles, key and caption come on top. */
  readonly height?: number;
  /** Colours of a terminal that has 256 of them, by escape sequences; default none. */
  readonly colour?: boolean;
  /** ASCII characters only; default Unicode. */
  readonly ascii?: boolean;
}

export interface Style {
  readonly width: number;
  readonly height: number;
  readonly ascii: boolean;
  /** A marker for each group, over again when there are more groups. */
  readonly markers: readonly string[];
  /** A text, made ASCII where asked. */
  text(text: string): string;
  /** A text in the colour of a group; -1 for none. Where there are no colours nothing is faint. */
  paint(text: string, group: number, faint?: boolean): string;
  bold(text: string): string;
}

const MARKERS = ["●", "■", "▲", "◆", "▼", "★", "○", "□", "△", "◇"];
/** Neither curves nor markers use them. */
const ASCII_SHADES = [",", "`", "~", ";", "^"];
const ASCII_MARKERS = ["o", "x", "+", "*", "#", "@", "%", "&", "0", "="];

export function styleOf(figure: Figure, options: TerminalOptions): Style {
  const { ascii = false, colour = false } = options;
  const colours = terminalColours(figure.groups.length, figure.ordered);
  return {
    width: Math.max(40, Math.floor(options.width ?? 80)),
    height: Math.max(8, Math.floor(options.height ?? 22)),
    ascii,
    markers: ascii ? ASCII_MARKERS : MARKERS,
    text: ascii ? toASCII : flat,
    paint: (text, group, faint = false) => {
      if (!colour || group < 0) return text;
      const painted = `\u001b[38;5;${colours[group]}m${text}\u001b[39m`;
      return faint ? `\u001b[2m${painted}\u001b[22m` : painted;
    },
    bold: (text) => (colour ? `\u001b[1m${text}\u001b[22m` : text),
  };
}

/** The ASCII character of the i-th band of a panel. */
export function shadeOf(i: number): string {
  return ASCII_SHADES[i % ASCII_SHADES.length];
}

/** Characters of a text, each of which a terminal shows in one column. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** The lines of the key: the sample of each group, then that of each kind of evidence. */
export function key(figure: Figure, style: Style): string[] {
  const all = figure.panels.flatMap((panel) => panel.series);
  const groups = figure.groups.map((name, g) => {
    const own = all.filter((series) => series.group === g);
    const first = (kind: Look["kind"]): PreparedSeries | undefined => own.find((series) => series.kind === kind);
    const shown = lookOf(first("dots") ?? first("line") ?? own[0]);
    const marker = style.markers[g % style.markers.length];
    // where kinds have a key of their own, dashes say the kind and not the group
    const dashed = shown.dashed && figure.kinds.length === 0;
    const shades = shadesOf(figure, ({ group }) => group === g);
    const sample = sampleOf({ ...shown, dashed }, marker, shades, style.ascii);
    return { sample, text: style.text(name), group: g };
  });
  const markers = style.markers.slice(0, Math.min(3, figure.groups.length)).join("");
  const kinds = figure.kinds.map(({ looks, label }) => {
    const shades = shadesOf(figure, (series) => series.label === label);
    const sample = looks.map((look) => sampleOf(look, markers, shades, style.ascii)).join(" ");
    return { sample, text: style.text(label), group: -1 };
  });
  return [...flow(groups, style), ...flow(kinds, style)];
}

function flow(items: readonly { sample: string; text: string; group: number }[], style: Style): string[] {
  const lines: { length: number; text: string }[] = [];
  for (const { sample, text, group } of items) {
    const length = lengthOf(sample) + 1 + lengthOf(text);
    const painted = `${style.paint(sample, group)} ${text}`;
    const last = lines.at(-1);
    if (last && last.length + 3 + length < style.width) {
      last.length += 3 + length;
      last.text += `   ${painted}`;
    } else lines.push({ length: 1 + length, text: ` ${painted}` });
  }
  return lines.map(({ text }) => text);
}

/** A sample of the ASCII bands of some series. */
function shadesOf(figure: Figure, mine: (series: PreparedSeries) => boolean): string {
  const bands = figure.panels.map((panel) => panel.series.filter(({ kind }) => kind === "band"));
  const chars = bands.flatMap((own) => own.flatMap((one, i) => (mine(one) ? shadeOf(i) : [])));
  const few = [...new Set(chars)].slice(0, 3);
  return few.length === 1 ? `${few[0]} ${few[0]}` : few.join("");
}

function sampleOf({ kind, dashed }: Look, markers: string, shades: string, ascii: boolean): string {
  if (kind === "dots") return markers;
  if (kind === "band") return ascii ? shades : "⠡ ⠡";
  return dashed ? (ascii ? "- -" : "╌╌╌") : ascii ? "---" : "───";
}
