/** An SVG element as text that stands alone: the same text from a browser's document and from linkedom's. */

import { scripts } from "./text.js";

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Attributes that hold lengths and paths; two decimals, a hundredth of a pixel, are enough. */
const GEOMETRY = new Set("cx cy d dx dy height r transform width x x1 x2 y y1 y2".split(" "));

/** What Plot adds for a page: style sheets, classes and roles that a file has no use for. */
const DROPPED = new Set(["class", "aria-hidden"]);

/**
 * The text of an element. Attributes are sorted, lengths rounded, clip paths renumbered from 1, so that equal charts give equal
 * texts; superscripts become raised `tspan`s, which every font can show.
 */
export function serialise(root: Element): string {
  const ids = new Map<string, string>();
  return write(root, (id) => {
    if (!ids.has(id)) ids.set(id, `clip-${ids.size + 1}`);
    return ids.get(id)!;
  });
}

function write(element: Element, rename: (id: string) => string): string {
  const name = element.localName;
  if (name === "style") return "";
  const attributes = Array.from(element.attributes, (attribute) => [attribute.name, attribute.value] as const)
    .filter(([key]) => !DROPPED.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ` ${key}="${escaped(clean(key, value, rename))}"`)
    .join("");
  const children = Array.from(element.childNodes, (child) => {
    if (child.nodeType === 1) return write(child as Element, rename);
    const text = child.textContent ?? "";
    return name === "text" || name === "tspan" ? spans(text) : escaped(text);
  });
  const content = children.join(name === "svg" || name === "g" ? "\n" : "");
  return content === "" ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}

function clean(key: string, value: string, rename: (id: string) => string): string {
  if (key === "id") return rename(value);
  if (key === "clip-path") return value.replace(/#([^)"]+)/, (_, id: string) => `#${rename(id)}`);
  if (!GEOMETRY.has(key)) return value;
  return value.replace(/-?\d*\.\d+(?:e[-+]?\d+)?/g, (number) => String(Math.round(Number(number) * 100) / 100 || 0));
}

/** Raised and lowered runs in a smaller size; each shift is taken back by the next run. */
function spans(text: string): string {
  let undo = 0;
  return scripts(text)
    .map((run, i) => {
      const back = undo;
      undo = run.level === "raised" ? 0.4 : run.level === "lowered" ? -0.2 : 0;
      if (run.level === "normal") {
        return i === 0 ? escaped(run.text) : `<tspan dy="${back}em">${escaped(run.text)}</tspan>`;
      }
      const shift = Math.round(((back - undo) / 0.72) * 100) / 100;
      return `<tspan dy="${shift}em" font-size="72%">${escaped(run.text)}</tspan>`;
    })
    .join("");
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ENTITIES[char]);
}
