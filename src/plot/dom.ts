/** The document that Observable Plot draws into: the page's in a browser, linkedom's elsewhere. */

const SVG = "http://www.w3.org/2000/svg";

/** A `Document`, named without TypeScript's DOM library, which users of Node may not have. */
export interface DocumentLike {
  createElementNS(namespace: string, name: string): unknown;
  createTextNode(text: string): unknown;
}

export async function documentOf(given: DocumentLike | undefined): Promise<Document> {
  if (given) return given as Document;
  if (typeof document !== "undefined") return document;
  const { parseHTML } = await import("linkedom/worker");
  return parseHTML("<!doctype html><html></html>").document as unknown as Document;
}

/** An SVG element with attributes and children; a string child is text, an absent one is skipped. */
export function svg(
  document: Document,
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  ...children: readonly (Element | string | undefined)[]
): SVGElement {
  const element = document.createElementNS(SVG, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(key, String(value));
  }
  for (const child of children) {
    if (child === undefined) continue;
    element.appendChild(typeof child === "string" ? document.createTextNode(child) : child);
  }
  return element;
}
