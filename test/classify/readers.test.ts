// Readers: files made here byte by byte, and what is wrong with broken ones.
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { csvDataset } from "../../src/classify/readers/csv.js";
import { idxDataset, readIdx } from "../../src/classify/readers/idx.js";
import { relabel, subset } from "../../src/classify/select.js";
import { digits, fashion, fashionFolder } from "../support/datasets.js";
import { expectError } from "../support/errors.js";

/** An IDX file: head, then raw bytes. */
function idx(type: number, shape: number[], payload: Uint8Array): Uint8Array {
  const head = new Uint8Array(4 + 4 * shape.length);
  head.set([0, 0, type, shape.length]);
  for (const [i, length] of shape.entries()) new DataView(head.buffer).setUint32(4 + 4 * i, length);
  return Uint8Array.of(...head, ...payload);
}

const images = idx(8, [3, 2, 2], Uint8Array.of(0, 51, 102, 153, 204, 255, 0, 0, 1, 2, 3, 4));
const labels = idx(8, [3], Uint8Array.of(1, 0, 2));

describe("IDX", () => {
  it("bytes, raw and gzip, from any container", async () => {
    const expected = { features: 4, classes: 3, y: Int32Array.of(1, 0, 2) };
    for (const [x, y] of [
      [images, labels],
      [gzipSync(images), gzipSync(labels)],
      [images.buffer, new Blob([labels as BlobPart])],
    ] as const) {
      const data = await idxDataset(x as Uint8Array, y as Uint8Array);
      expect(data).toMatchObject(expected);
      expect([...data.x.subarray(0, 6)]).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1].map(Math.fround));
    }
    expect((await idxDataset(images, labels, { scale: 1, classes: 10 })).x[3]).toBe(153);
  });

  it("all its types, big-endian", async () => {
    const write = (bytes: number, set: (view: DataView) => void) => {
      const payload = new Uint8Array(2 * bytes);
      set(new DataView(payload.buffer));
      return payload;
    };
    const files: [number, Uint8Array][] = [
      [9, write(1, (v) => [v.setInt8(0, -3), v.setInt8(1, 100)])],
      [11, write(2, (v) => [v.setInt16(0, -3), v.setInt16(2, 100)])],
      [12, write(4, (v) => [v.setInt32(0, -3), v.setInt32(4, 100)])],
      [13, write(4, (v) => [v.setFloat32(0, -3), v.setFloat32(4, 100)])],
      [14, write(8, (v) => [v.setFloat64(0, -3), v.setFloat64(8, 100)])],
    ];
    for (const [type, payload] of files) {
      const { shape, data } = await readIdx(idx(type, [2], payload));
      expect([shape, [...data]]).toEqual([[2], [-3, 100]]);
    }
  });

  it("says what is wrong", async () => {
    await expectError(
      () => readIdx(images.subarray(0, 20)),
      "malformed-data",
      "truncated",
      "20 bytes",
      "3 x 2 x 2",
      "take 28",
    );
    await expectError(() => readIdx(images.subarray(0, 9)), "malformed-data", "truncated", "head");
    await expectError(() => readIdx(gzipSync(images).subarray(0, 30)), "malformed-data", "gzip", "cut short");
    await expectError(() => readIdx(Uint8Array.of(...images, 0)), "malformed-data", "goes on after its end");
    await expectError(() => readIdx(Uint8Array.of(137, 80, 78, 71)), "malformed-data", "137 80 78 71");
    await expectError(() => readIdx(new Uint8Array(0)), "malformed-data", "none");
    await expectError(() => readIdx("images.gz" as unknown as Uint8Array), "invalid-argument", "images.gz", "bytes");
    await expectError(() => idxDataset(labels, images), "malformed-data", "right order");
    await expectError(
      () => idxDataset(images, idx(8, [2], Uint8Array.of(0, 1))),
      "malformed-data",
      "3 images and 2 labels",
    );
    const fractional = idx(13, [3], Uint8Array.of(0, 0, 0, 0, 0x3f, 0xc0, 0, 0, 0x3f, 0x80, 0, 0));
    await expectError(() => idxDataset(images, fractional), "invalid-data", "y[1] is 1.5");
    await expectError(() => idxDataset(images, labels, { classes: 2 }), "invalid-data", "is 2", "2 classes");
  });

  it.skipIf(!fashionFolder)("Fashion-MNIST as Debian packs it", async () => {
    const test = await fashion("t10k");
    expect([test.features, test.classes, test.y.length]).toEqual([784, 10, 10_000]);
    // a thousand of each class
    for (let c = 0; c < 10; c++) expect(test.y.filter((y) => y === c).length).toBe(1000);
    expect(Math.max(...test.x.subarray(0, 784))).toBeLessThanOrEqual(1);
  });
});

describe("CSV", () => {
  it("heads, label columns, delimiters, line ends, comments", async () => {
    const expected = { features: 2, classes: 3, y: Int32Array.of(2, 0), x: Float32Array.of(1, 2.5, -3, 4e-1) };
    expect(await csvDataset("1,2.5,2\n-3,4e-1,0\n")).toEqual(expected);
    expect(await csvDataset('a,"b",digit\r\n1,2.5,2\r\n\r\n# a remark\r\n-3, 0.4 ,0')).toEqual(expected);
    expect(await csvDataset("2;1;2.5\n0;-3;.4", { label: "first", delimiter: ";" })).toEqual(expected);
    expect(await csvDataset("1,2,2.5\n-3,0,.4", { label: 1 })).toEqual(expected);
    expect(await csvDataset("a,y,b\n1,2,2.5\n-3,0,.4", { label: "y" })).toEqual(expected);
    expect(await csvDataset(gzipSync("9,9,1\n1,2.5,2\n-3,0.4,0"), { head: true })).toEqual(expected);
    expect(await csvDataset('"a","b","y"\n"1","2.5","2"\n"-3",.4,0')).toEqual(expected);
    expect((await csvDataset("8,1\n16,0", { scale: 1 / 16 })).x).toEqual(Float32Array.of(0.5, 1));
  });

  it("digits", async () => {
    const { train, test } = await digits();
    expect([train.features, train.classes, train.y.length + test.y.length]).toEqual([64, 10, 1797]);
    expect([...test.y.subarray(0, 4)]).toEqual([0, 3, 6, 9]);
  });

  it("says what is wrong", async () => {
    await expectError(() => csvDataset("1,2,0\n1,2\n"), "malformed-data", "Line 2", "2 columns", "has 3", "ragged");
    await expectError(() => csvDataset("1,2,0\n1,two,0\n"), "malformed-data", "Line 2, column 2", "two");
    await expectError(() => csvDataset("1,,0\n1,2,0\n", { head: false }), "malformed-data", "Line 1, column 2");
    await expectError(() => csvDataset("1,2,0.5\n"), "invalid-data", "Line 1", "0.5", "whole");
    await expectError(() => csvDataset("a,y\n\n1,-1\n2,1\n"), "invalid-data", "Line 3", "label -1", "from 0");
    await expectError(() => csvDataset("a,y\n1,cat\n"), "malformed-data", "Line 2, column 2", "cat", "classes 0, 1");
    await expectError(() => csvDataset("1,2,7\n", { classes: 3 }), "invalid-data", "is 7", "3 classes");
    await expectError(() => csvDataset("1;2;0\n3;4;1", { head: false }), "malformed-data", "one column");
    await expectError(() => csvDataset("\n\n"), "malformed-data", "no lines");
    await expectError(() => csvDataset("a,b\n"), "malformed-data", "head and no lines");
    await expectError(() => csvDataset("a,b\n1,0", { label: "y" }), "invalid-argument", '"y"', '"a", "b"');
    await expectError(() => csvDataset("1,0", { label: 2 }), "invalid-argument", "column 2", "0 to 1");
  });
});

it("subset and relabel", async () => {
  const data = { features: 1, classes: 3, x: Float32Array.of(5, 6, 7, 8), y: Int32Array.of(0, 1, 2, 1) };
  expect(subset(data, (_, label) => label === 1)).toMatchObject({
    x: Float32Array.of(6, 8),
    y: Int32Array.of(1, 1),
    classes: 3,
  });
  expect(subset(data, [3, 0]).x).toEqual(Float32Array.of(8, 5));
  expect(relabel(data, (y) => y % 2, 2)).toMatchObject({ y: Int32Array.of(0, 1, 0, 1), classes: 2 });
  expect(relabel(data, [1, 1, 0, 0], 2).y).toEqual(Int32Array.of(1, 1, 0, 0));
  const rows = { x: [[5], [6], [7], [8]], y: [0, 1, 2, 1] };
  expect(subset(rows, [3, 0])).toEqual(subset(data, [3, 0]));
  expect(relabel(rows, (y) => y % 2, 2)).toEqual(relabel(data, (y) => y % 2, 2));
  await expectError(() => subset(data, undefined as never), "invalid-argument", "a function of a sample's number");
  await expectError(() => subset(undefined as never, [1]), "invalid-argument", "given: undefined");
  await expectError(() => subset(data, () => false), "invalid-data", "No sample of 4");
  await expectError(() => subset(data, [4]), "invalid-argument", "0 to 3");
  await expectError(() => relabel(data, [0, 1], 2), "invalid-argument", "4 samples");
  await expectError(() => relabel(data, (y) => y, 2), "invalid-data", "is 2");
});
