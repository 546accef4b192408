/**
 * One file format for what is stored and sent: a header of JSON and a payload of bytes.
 *
 *   u32 magic | u32 version | u32 bytes of the header | u32 bytes of the payload | header, padded to 8 | payload
 */
import { SgdDynamicsError, shown } from "./errors.js";

export interface Kind {
  /** Four letters, little-endian. */
  readonly magic: number;
  readonly version: number;
  /** As messages call it. */
  readonly name: string;
  /** What writes it. */
  readonly from: string;
}

const PREFIX = 16;
const padded = (bytes: number) => Math.ceil(bytes / 8) * 8;

export function pack(kind: Kind, header: object, ...payload: readonly ArrayBufferView[]): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const size = payload.reduce((sum, part) => sum + part.byteLength, 0);
  let at = PREFIX + padded(text.length);
  const bytes = new Uint8Array(at + size);
  new Uint32Array(bytes.buffer, 0, 4).set([kind.magic, kind.version, text.length, size]);
  bytes.set(text, PREFIX);
  for (const part of payload) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return bytes;
}

/** Header and payload (a copy, 8-byte aligned); anything but whole bytes of this kind and version is `snapshot-mismatch`. */
export function unpack(kind: Kind, given: unknown): { header: unknown; payload: Uint8Array<ArrayBuffer> } {
  if (!(given instanceof Uint8Array))
    throw mismatch(`It is ${shown(given)}, not a ${kind.name}; allowed: ${kind.from}`);
  // a copy, aligned; `slice` of Node's Buffer would share
  const bytes = new Uint8Array(given);
  const [magic, version, text, size] = bytes.length >= PREFIX ? new Uint32Array(bytes.buffer, 0, 4) : [];
  if (magic !== kind.magic) throw mismatch(`These bytes are not a ${kind.name}; allowed: ${kind.from}`);
  if (version !== kind.version) {
    throw mismatch(
      `This ${kind.name} has version ${version} and this library reads ${kind.version}; run the problem again from its seed`,
    );
  }
  const start = PREFIX + padded(text);
  if (bytes.length !== start + size) {
    throw mismatch(
      `This ${kind.name} has a size of ${bytes.length} bytes and should have ${start + size}; was it cut or joined?`,
    );
  }
  try {
    return {
      header: JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, PREFIX + text))),
      payload: bytes.slice(start),
    };
  } catch {
    throw mismatch(`This ${kind.name} has a broken header; allowed: ${kind.from}`);
  }
}

export function mismatch(sentence: string): SgdDynamicsError {
  return new SgdDynamicsError("snapshot-mismatch", sentence.endsWith("?") ? sentence : `${sentence}.`);
}
