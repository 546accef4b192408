/** The release binary without its TypeScript: bare exports and views, for timings of kernels alone. */
import { readFileSync } from "node:fs";

const align = (address) => Math.ceil(address / 64) * 64;

export async function loadCore(file) {
  const abort = () => {
    throw new Error("the core aborted");
  };
  const { instance } = await WebAssembly.instantiate(readFileSync(file), { env: { abort } });
  const kernels = instance.exports;
  kernels.initialise();
  return new RawCore(kernels);
}

class RawCore {
  constructor(kernels) {
    this.kernels = kernels;
  }

  /** Address of `bytes` zeroed bytes, aligned to 64; never given back. */
  bytes(bytes) {
    return align(this.kernels.arenaAllocate(bytes + 64));
  }

  /** Address of `values` as elements of `type`. */
  put(values, type = Float64Array) {
    const address = this.bytes(Math.max(1, values.length) * type.BYTES_PER_ELEMENT);
    this.view(address, values.length, type).set(values);
    return address;
  }

  /** Valid until the next `bytes` or `put`. */
  view(address, length, type = Float64Array) {
    return new type(this.kernels.memory.buffer, address, length);
  }

  /** What an export that returns an AssemblyScript string says: UTF-16, its byte length in front. */
  text(name) {
    const address = this.kernels[name]();
    const length = new DataView(this.kernels.memory.buffer).getUint32(address - 4, true) / 2;
    return String.fromCharCode(...this.view(address, length, Uint16Array));
  }

  /** A parameter block; throws unless `values` has exactly the core's fields, so that a bench cannot go on with an older layout. */
  block(fieldsName, values) {
    const names = this.text(fieldsName).split(" ");
    const given = Object.keys(values);
    const wrong = [...names.filter((name) => !given.includes(name)), ...given.filter((name) => !names.includes(name))];
    if (wrong.length > 0)
      throw new Error(`bench: ${fieldsName} of the core and of the bench differ in ${wrong.join(", ")}`);
    return this.put(names.map((name) => values[name]));
  }
}
