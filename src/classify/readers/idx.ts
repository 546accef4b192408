/**
 * IDX, the format of MNIST and its relatives: 0, 0, type, rank, the lengths as big-endian u32, then the numbers, big-endian, last index fastest
 * (LeCun, Cortes & Burges, "The MNIST database").
 */
import { checkKeys, checkNumber } from "../../options.js";
import { type Dataset, dataset } from "../dataset.js";
import { type FileBytes, malformed, plainBytes } from "./bytes.js";

export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

const types = {
  8: { bytes: 1, make: (n: number) => new Uint8Array(n), read: (v: DataView, at: number) => v.getUint8(at) },
  9: { bytes: 1, make: (n: number) => new Int8Array(n), read: (v: DataView, at: number) => v.getInt8(at) },
  11: { bytes: 2, make: (n: number) => new Int16Array(n), read: (v: DataView, at: number) => v.getInt16(at) },
  12: { bytes: 4, make: (n: number) => new Int32Array(n), read: (v: DataView, at: number) => v.getInt32(at) },
  13: { bytes: 4, make: (n: number) => new Float32Array(n), read: (v: DataView, at: number) => v.getFloat32(at) },
  14: { bytes: 8, make: (n: number) => new Float64Array(n), read: (v: DataView, at: number) => v.getFloat64(at) },
} as const;

/**
 * An array of an IDX file, raw or gzip.
 * @throws SgdDynamicsError `malformed-data`: not IDX, truncated, or longer than its head says
 */
export async function readIdx(file: FileBytes, name = "The IDX file"): Promise<IdxArray> {
  const bytes = await plainBytes(name, file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = types[bytes[2] as keyof typeof types];
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || type === undefined)
    malformed(
      `${name} begins with bytes ${bytes.slice(0, 4).join(" ") || "(none)"}; an IDX file begins with 0 0, a type (8, 9, 11 to 14) and a rank. Is it another format?`,
    );
  const rank = bytes[3];
  const head = 4 + 4 * rank;
  if (bytes.length < head) malformed(`${name} is truncated: ${bytes.length} bytes, and its head alone takes ${head}.`);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const count = shape.reduce((product, length) => product * length, 1);
  const needed = head + count * type.bytes;
  if (bytes.length !== needed)
    malformed(
      `${name} ${bytes.length < needed ? "is truncated" : "goes on after its end"}: ${bytes.length} bytes, and ${shape.join(" x ")} numbers with their head take ${needed}.`,
    );
  if (type.bytes === 1 && bytes[2] === 8) return { shape, data: bytes.slice(head) };
  const data = type.make(count);
  for (let i = 0; i < count; i++) data[i] = type.read(view, head + i * type.bytes);
  return { shape, data };
}

export interface IdxDatasetOptions {
  /** What inputs are multiplied by; default 1/255 for bytes, otherwise 1. */
  readonly scale?: number;
  /** Default: the largest label plus one. */
  readonly classes?: number;
}

/**
 * A data set of two IDX files: n x .. inputs, and n labels.
 *
 *     const train = await idxDataset(await readFile("train-images-idx3-ubyte.gz"), await readFile("train-labels-idx1-ubyte.gz"));
 *
 * @throws SgdDynamicsError `malformed-data`, `invalid-data`
 */
export async function idxDataset(
  images: FileBytes,
  labels: FileBytes,
  options: IdxDatasetOptions = {},
): Promise<Dataset> {
  checkKeys("idxDataset", options, ["scale", "classes"]);
  const [x, y] = [await readIdx(images, "The file of images"), await readIdx(labels, "The file of labels")];
  if (y.shape.length !== 1 || x.shape.length < 2)
    malformed(
      `The images have shape ${x.shape.join(" x ")} and the labels ${y.shape.join(" x ")}; allowed: n x .. and n. Are the files in the right order?`,
    );
  if (x.shape[0] !== y.shape[0])
    malformed(
      `There are ${x.shape[0]} images and ${y.shape[0]} labels; allowed: as many, of the same part of the data.`,
    );
  const byDefault = x.data instanceof Uint8Array ? 1 / 255 : 1;
  const scale = checkNumber("scale", options.scale ?? byDefault, "a finite number", Number.isFinite);
  const scaled = new Float32Array(x.data.length);
  for (let i = 0; i < scaled.length; i++) scaled[i] = x.data[i] * scale;
  return dataset({
    x: scaled,
    y: y.data,
    features: x.shape.slice(1).reduce((product, length) => product * length, 1),
    classes: options.classes,
  });
}
