/**
 * One array in NumPy's `.npy` format.
 *
 *     "\x93NUMPY" | major u8 | minor u8 | header length (u16 LE in 1.0, u32 LE in 2.0 and 3.0) | header | data
 *
 * The header is the text of a Python dict, `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }`, padded with blanks
 * and ended by a newline so that the data start at a multiple of 64 bytes. Source: NumPy, `numpy.lib.format`.
 */

import { SgdDynamicsError } from "../errors.js";

export type NumberArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | BigInt64Array
  | BigUint64Array;

/** Numbers or texts in row-major (C) order; the product of `shape` is the number of entries, `[]` is the shape of one. */
export interface NpyArray {
  readonly data: NumberArray | readonly string[];
  readonly shape: readonly number[];
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** NumPy's type letter and size for each typed array. */
const TYPES = {
  f8: Float64Array,
  f4: Float32Array,
  i4: Int32Array,
  u4: Uint32Array,
  i2: Int16Array,
  u2: Uint16Array,
  i1: Int8Array,
  u1: Uint8Array,
  i8: BigInt64Array,
  u8: BigUint64Array,
} as const;

/**
 * The bytes of a `.npy` file, version 1.0, little endian, C order. Texts are stored as fixed-width UCS-4 (`<U..`).
 *
 * @throws `invalid-argument` when the shape does not match the number of entries.
 */
export function toNPY({ data, shape }: NpyArray): Uint8Array {
  const size = shape.reduce((product, n) => product * n, 1);
  if (size !== data.length || !shape.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    const given = `The array has ${data.length} entries, its shape (${shape.join(", ")}) is for ${size}`;
    throw new SgdDynamicsError(
      "invalid-argument",
      `${given}. Give a shape of whole numbers whose product is the length.`,
    );
  }
  const { descr, bytes } = ArrayBuffer.isView(data) ? numberBytes(data) : textBytes(data);
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((MAGIC.length + 4 + dict.length + 1) / 64) * 64;
  const header = `${dict.padEnd(start - MAGIC.length - 5)}\n`;
  const file = new Uint8Array(start + bytes.length);
  file.set([...MAGIC, 1, 0, header.length & 255, header.length >> 8]);
  for (let i = 0; i < header.length; i++) file[MAGIC.length + 4 + i] = header.charCodeAt(i);
  file.set(bytes, start);
  return file;
}

/**
 * The array of a `.npy` file that `toNPY` or NumPy wrote, versions 1.0 to 3.0: floats, integers and booleans (as u1) of either byte
 * order, and `U` texts; Fortran order is turned into C order.
 *
 * @throws `unreadable-file` for other bytes, a truncated file, or a type such as complex numbers or Python objects.
 */
export function fromNPY(file: Uint8Array): NpyArray {
  const { descr, fortran, shape, start } = readHeader(file);
  const size = shape.reduce((product, n) => product * n, 1);
  const [, order, kind, width] = /^([<>|=])([a-zA-Z])(\d+)$/.exec(descr) ?? [];
  const Type = TYPES[`${kind === "b" ? "u" : kind}${width}` as keyof typeof TYPES];
  if (!Type && kind !== "U") {
    const allowed = "Real numbers, integers, booleans and texts of fixed width can be read";
    throw bad(`it holds entries of type '${descr}'. ${allowed}; convert the array in NumPy with astype.`);
  }
  const itemBytes = kind === "U" ? 4 * Number(width) : Number(width);
  if (file.length < start + size * itemBytes) {
    throw bad(`it ends after ${file.length} of ${start + size * itemBytes} bytes.`);
  }
  const bytes = file.slice(start, start + size * itemBytes);
  if (order === ">") reverseEach(bytes, kind === "U" ? 4 : itemBytes);
  const data = Type ? (new Type(bytes.buffer) as NumberArray) : readTexts(bytes, size, Number(width));
  return { data: fortran && shape.length > 1 ? fromFortran(data, shape) : data, shape };
}

function numberBytes(data: NumberArray): { descr: string; bytes: Uint8Array } {
  const found = Object.entries(TYPES).find(([, Type]) => data instanceof Type);
  if (!found)
    throw new SgdDynamicsError("invalid-argument", "An array for .npy is one of real numbers, integers or texts.");
  const mark = data.BYTES_PER_ELEMENT === 1 ? "|" : "<";
  return { descr: mark + found[0], bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

function textBytes(data: readonly string[]): { descr: string; bytes: Uint8Array } {
  const codes = data.map((text) => Array.from(text, (char) => char.codePointAt(0)!));
  const width = codes.reduce((most, code) => Math.max(most, code.length), 1);
  const words = new Uint32Array(data.length * width);
  codes.forEach((code, i) => {
    words.set(code, i * width);
  });
  return { descr: `<U${width}`, bytes: new Uint8Array(words.buffer) };
}

function readHeader(file: Uint8Array): { descr: string; fortran: boolean; shape: number[]; start: number } {
  if (file.length < 10 || !MAGIC.every((byte, i) => file[i] === byte)) {
    throw bad("it does not begin with \\x93NUMPY. Write it with numpy.save or numpy.savez.");
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const long = file[6] >= 2;
  if (long && file.length < 12) throw bad("its header is cut off.");
  const from = long ? 12 : 10;
  const start = from + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder().decode(file.subarray(from, Math.min(start, file.length)));
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const tuple = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (descr === undefined || fortran === undefined || tuple === undefined) {
    throw bad(`its header is not that of a plain array: ${header.trim().slice(0, 120)}`);
  }
  const shape = tuple
    .split(",")
    .filter((part) => part.trim() !== "")
    .map(Number);
  return { descr, fortran: fortran === "True", shape, start };
}

function readTexts(bytes: Uint8Array, size: number, width: number): string[] {
  const words = new Uint32Array(bytes.buffer);
  return Array.from({ length: size }, (_, i) => {
    const code = Array.from(words.subarray(i * width, (i + 1) * width));
    while (code.at(-1) === 0) code.pop();
    return String.fromCodePoint(...code);
  });
}

function reverseEach(bytes: Uint8Array, width: number): void {
  for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
}

/** Entries in C order from entries in Fortran order: the first index runs slowest instead of fastest. */
function fromFortran<T extends NumberArray | readonly string[]>(data: T, shape: readonly number[]): T {
  const sorted = data.slice() as unknown as { [i: number]: unknown };
  const index = shape.map(() => 0);
  for (let c = 0; c < data.length; c++) {
    let f = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) f = f * shape[axis] + index[axis];
    sorted[c] = data[f];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]++;
      if (index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
  return sorted as unknown as T;
}

function bad(reason: string): SgdDynamicsError {
  return new SgdDynamicsError("unreadable-file", `The bytes are not a .npy file that can be read: ${reason}`);
}
