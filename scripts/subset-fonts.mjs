/**
 * Writes dist/fonts: DejaVu Sans, regular and bold, with the glyphs that figures can need (Latin, Greek, Cyrillic, mathematics),
 * so that PNG has text where a machine has no fonts. Glyph numbers stay, so kerning and ligatures work as in the whole font;
 * outlines of other glyphs, hinting and glyph names go. Source: the OpenType specification, tables cmap to post.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

/** First and last code points kept. */
const RANGES = [
  [0x20, 0x7e],
  [0xa0, 0x24f],
  [0x2b0, 0x36f],
  [0x370, 0x3ff],
  [0x400, 0x45f],
  [0x2010, 0x2044],
  [0x2070, 0x209c],
  [0x2100, 0x214e],
  [0x2190, 0x21ff],
  [0x2200, 0x22ff],
  [0x2308, 0x230b],
  [0x25a0, 0x25ff],
  [0x27e8, 0x27e9],
  [0xfb00, 0xfb04],
];
const KEPT = ["GDEF", "GPOS", "GSUB", "OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"];

const wanted = (code) => RANGES.some(([first, last]) => code >= first && code <= last);

/** The bytes of a font with the wanted glyphs only. `font` is a TrueType file with a cmap of format 4. */
export function subset(font) {
  const tables = new Map();
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const entry = 12 + 16 * i;
    const start = font.readUInt32BE(entry + 8);
    tables.set(
      font.toString("latin1", entry, entry + 4),
      Buffer.from(font.subarray(start, start + font.readUInt32BE(entry + 12))),
    );
  }
  const map = readCmap(tables.get("cmap"));
  const glyphs = closure([0, ...map.values()], tables);
  const count = Math.max(...glyphs) + 1;

  const long = tables.get("head").readInt16BE(50) === 1;
  const offset = (glyph) =>
    long ? tables.get("loca").readUInt32BE(4 * glyph) : 2 * tables.get("loca").readUInt16BE(2 * glyph);
  const outlines = [];
  const loca = Buffer.alloc(4 * (count + 1));
  let at = 0;
  for (let glyph = 0; glyph < count; glyph++) {
    if (glyphs.has(glyph)) {
      const outline = withoutHints(tables.get("glyf").subarray(offset(glyph), offset(glyph + 1)));
      outlines.push(outline);
      at += outline.length;
    }
    loca.writeUInt32BE(at, 4 * (glyph + 1));
  }
  tables.set("glyf", Buffer.concat(outlines));
  tables.set("loca", loca);
  tables.get("head").writeInt16BE(1, 50);
  const metrics = Math.min(count, tables.get("hhea").readUInt16BE(34));
  if (metrics < count) throw new Error("subset-fonts: this font shares advance widths, which is not handled");
  tables.get("hhea").writeUInt16BE(metrics, 34);
  tables.set("hmtx", tables.get("hmtx").subarray(0, 4 * count));
  tables.get("maxp").writeUInt16BE(count, 4);
  tables.set("cmap", writeCmap(map));
  tables.set("name", englishNames(tables.get("name")));
  const post = Buffer.from(tables.get("post").subarray(0, 32));
  post.writeUInt32BE(0x00030000, 0);
  tables.set("post", post);
  return assemble(tables);
}

/** Unicode to glyph, from the subtable of format 4. */
function readCmap(cmap) {
  const map = new Map();
  for (let i = 0; i < cmap.readUInt16BE(2); i++) {
    const from = cmap.readUInt32BE(8 + 8 * i);
    if (cmap.readUInt16BE(from) !== 4) continue;
    const segments = cmap.readUInt16BE(from + 6) / 2;
    for (let s = 0; s < segments; s++) {
      const word = (block) => from + 14 + 2 * (block * segments + s) + (block > 0 ? 2 : 0);
      const [last, first, delta, range] = [0, 1, 2, 3].map((block) => cmap.readUInt16BE(word(block)));
      for (let code = first; code <= last && code < 0xffff; code++) {
        if (!wanted(code)) continue;
        const glyph = range === 0 ? code : cmap.readUInt16BE(word(3) + range + 2 * (code - first));
        if (glyph !== 0 || range === 0) map.set(code, (glyph + delta) & 0xffff);
      }
    }
    return map;
  }
  throw new Error("subset-fonts: the font has no cmap of format 4");
}

/** The glyphs and those that composite ones are made of. */
function closure(start, tables) {
  const long = tables.get("head").readInt16BE(50) === 1;
  const loca = tables.get("loca");
  const glyf = tables.get("glyf");
  const offset = (glyph) => (long ? loca.readUInt32BE(4 * glyph) : 2 * loca.readUInt16BE(2 * glyph));
  const found = new Set();
  const open = [...start];
  while (open.length > 0) {
    const glyph = open.pop();
    if (found.has(glyph)) continue;
    found.add(glyph);
    const [from, to] = [offset(glyph), offset(glyph + 1)];
    if (from === to || glyf.readInt16BE(from) >= 0) continue;
    let flags = 0x20;
    for (let at = from + 10; flags & 0x20; ) {
      flags = glyf.readUInt16BE(at);
      open.push(glyf.readUInt16BE(at + 2));
      at += 4 + (flags & 1 ? 4 : 2) + (flags & 8 ? 2 : flags & 0x40 ? 4 : flags & 0x80 ? 8 : 0);
    }
  }
  return found;
}

/** A simple outline without its instructions, padded to four bytes; composites stay as they are. */
function withoutHints(outline) {
  let kept = outline;
  if (outline.length > 0 && outline.readInt16BE(0) >= 0) {
    const at = 10 + 2 * outline.readInt16BE(0);
    const hints = outline.readUInt16BE(at);
    kept = Buffer.concat([outline.subarray(0, at), Buffer.alloc(2), outline.subarray(at + 2 + hints)]);
  }
  return Buffer.concat([kept, Buffer.alloc((4 - (kept.length % 4)) % 4)]);
}

/** A cmap of format 12 for Windows and Unicode: runs of code points with consecutive glyphs. */
function writeCmap(map) {
  const groups = [];
  for (const [code, glyph] of [...map].sort(([a], [b]) => a - b)) {
    const last = groups.at(-1);
    if (last && last[1] === code - 1 && last[2] + code - last[0] === glyph) last[1] = code;
    else groups.push([code, code, glyph]);
  }
  const table = Buffer.alloc(20 + 16 + 12 * groups.length);
  [
    [0, 0],
    [0, 2],
    [3, 4],
    [10, 6],
    [0, 8],
  ].forEach(([value, place]) => table.writeUInt16BE(value, place));
  table.writeUInt16BE(1, 2);
  table.writeUInt16BE(3, 4);
  table.writeUInt16BE(10, 6);
  table.writeUInt32BE(12, 8);
  table.writeUInt16BE(12, 12);
  table.writeUInt32BE(16 + 12 * groups.length, 16);
  table.writeUInt32BE(0, 20);
  table.writeUInt32BE(groups.length, 24);
  groups.forEach((group, g) => group.forEach((value, i) => table.writeUInt32BE(value, 28 + 12 * g + 4 * i)));
  return table.subarray(0, 28 + 12 * groups.length);
}

/** The names that Windows and fontconfig read, in English, copyright and licence among them. */
function englishNames(name) {
  const strings = name.readUInt16BE(4);
  const kept = [];
  for (let i = 0; i < name.readUInt16BE(2); i++) {
    const entry = name.subarray(6 + 12 * i, 18 + 12 * i);
    if (entry.readUInt16BE(0) === 3 && entry.readUInt16BE(4) === 0x409) {
      const from = strings + entry.readUInt16BE(10);
      kept.push({ entry: Buffer.from(entry), text: name.subarray(from, from + entry.readUInt16BE(8)) });
    }
  }
  const head = Buffer.alloc(6);
  head.writeUInt16BE(kept.length, 2);
  head.writeUInt16BE(6 + 12 * kept.length, 4);
  let at = 0;
  for (const { entry, text } of kept) {
    entry.writeUInt16BE(at, 10);
    at += text.length;
  }
  return Buffer.concat([head, ...kept.map(({ entry }) => entry), ...kept.map(({ text }) => text)]);
}

function assemble(tables) {
  const tags = KEPT.filter((tag) => tables.has(tag));
  const power = 2 ** Math.floor(Math.log2(tags.length));
  const head = Buffer.alloc(12 + 16 * tags.length);
  head.writeUInt32BE(0x00010000, 0);
  [tags.length, 16 * power, Math.log2(power), 16 * (tags.length - power)].forEach((value, i) =>
    head.writeUInt16BE(value, 4 + 2 * i),
  );
  const body = [];
  let at = head.length;
  tags.forEach((tag, i) => {
    const table = tables.get(tag);
    const padded = Buffer.concat([table, Buffer.alloc((4 - (table.length % 4)) % 4)]);
    let sum = 0;
    if (tag === "head") padded.writeUInt32BE(0, 8);
    for (let k = 0; k < padded.length; k += 4) sum = (sum + padded.readUInt32BE(k)) >>> 0;
    head.write(tag, 12 + 16 * i, "latin1");
    [sum, at, table.length].forEach((value, k) => head.writeUInt32BE(value, 16 + 16 * i + 4 * k));
    body.push(padded);
    at += padded.length;
  });
  const file = Buffer.concat([head, ...body]);
  let sum = 0;
  for (let k = 0; k < file.length; k += 4) sum = (sum + file.readUInt32BE(k)) >>> 0;
  const start = file.readUInt32BE(12 + 16 * tags.indexOf("head") + 8);
  file.writeUInt32BE((0xb1b0afba - sum) >>> 0, start + 8);
  return file;
}

/** Writes the subsets and DejaVu's licence into a folder. */
export function writeFonts(folder, source = new URL("../node_modules/dejavu-fonts-ttf/", import.meta.url)) {
  mkdirSync(folder, { recursive: true });
  for (const name of ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"]) {
    writeFileSync(new URL(name, folder), subset(readFileSync(new URL(`ttf/${name}`, source))));
  }
  writeFileSync(new URL("LICENSE", folder), readFileSync(new URL("LICENSE", source)));
}
