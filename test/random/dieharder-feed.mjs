// Writes the core's raw random words to standard output without end, for Debian's dieharder:
//
//   node test/random/dieharder-feed.mjs raw      | dieharder -a -g 200
//   node test/random/dieharder-feed.mjs rekeyed  | dieharder -a -g 200
//
// raw:     one block of one stream, as long as it is read
// rekeyed: what simulations read: 64 words of stream 0, 64 of stream 1, .. 3, each from its own key, then the next
//          block; every other round takes the next seed's keys
// The logs of the run that froze the streams are beside this file.
import { readFileSync, writeSync } from "node:fs";

const bytes = readFileSync(new URL("../../build/testing-release.wasm", import.meta.url));
const { instance } = await WebAssembly.instantiate(bytes, {
  env: {
    abort: () => {
      throw new Error("abort");
    },
  },
});
const core = instance.exports;
const mode = process.argv[2] ?? "raw";

const words = 1 << 16;
const block = core.arenaAllocate(words * 8 + 128 * 9);
const state = block + words * 8;
const keyOf = (i) => state + 128 * (1 + i);
const out = () => new Uint8Array(core.memory.buffer, block, words * 8);

function* chunks() {
  core.makeKey(keyOf(0), 20260101, 0, 0);
  core.seekBlock(state, keyOf(0), 0n);
  if (mode === "raw")
    for (;;) {
      core.fillWords(state, block, words);
      yield out();
    }
  for (let seed = 0; seed < 2; seed++) for (let s = 0; s < 4; s++) core.makeKey(keyOf(4 * seed + s), 1 + seed, s, 0);
  for (let step = 0n; ; ) {
    for (let at = 0; at < words; step++) {
      for (let s = 0; s < 4; s++, at += 64) {
        core.seekBlock(state, keyOf(4 * Number(step & 1n) + s), step >> 1n);
        core.fillWords(state, block + at * 8, 64);
      }
    }
    yield out();
  }
}

for (const chunk of chunks()) {
  try {
    for (let at = 0; at < chunk.length; ) at += writeSync(1, chunk, at);
  } catch (error) {
    if (error.code === "EPIPE") break;
    if (error.code !== "EAGAIN") throw error;
  }
}
