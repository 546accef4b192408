/**
 * Standard normals in plain JavaScript: a ziggurat of 256 layers (Marsaglia & Tsang 2000) on sfc32 (Doty-Humphrey, PractRand). Abscissas
 * have 53 bits and share none with the layer (Doornik 2005). Misses are queued and mended after the loop, so that it has no call; the
 * generator's state lives in locals meanwhile.
 *
 * On V8 11.3: 3.3 ns a number. Slower: a call on a miss (4.6), xoshiro128+ (by 0.3) and xorshift32, two generators in turn (4.4), 128 layers
 * (by 0.7). Abscissas of 24 bits, one word a number, save 0.3.
 */
const LAYERS = 256;
const R = 3.6541528853610088;
const AREA = 0.0049286732339746545;

/** Abscissas x_0 = AREA / f(R), x_1 = R, .., x_256 = 0 of the layers, and f(x) = exp(-x^2 / 2) there. */
const x = new Float64Array(LAYERS + 1);
const f = new Float64Array(LAYERS + 1);
f[1] = Math.exp(-0.5 * R * R);
x[0] = AREA / f[1];
x[1] = R;
for (let i = 2; i < LAYERS; i++) {
  f[i] = f[i - 1] + AREA / x[i - 1];
  x[i] = Math.sqrt(-2 * Math.log(f[i]));
}
f[LAYERS] = 1;

const scale = Float64Array.from({ length: LAYERS }, (_, i) => x[i] / 2 ** 52);
const inside = Int32Array.from({ length: LAYERS }, (_, i) => Math.floor((x[i + 1] / x[i]) * 2 ** 31));

const state = Int32Array.of(0x9e3779b9, 0x243f6a88, 0xb7e15162, 1);

function nextWord() {
  const a = state[0];
  const b = state[1];
  const c = state[2];
  const word = (a + b + state[3]) | 0;
  state[0] = b ^ (b >>> 9);
  state[1] = c + (c << 3);
  state[2] = ((c << 21) | (c >>> 11)) + word;
  state[3]++;
  return word;
}

/** In (0, 1). */
const nextUniform = () => ((nextWord() >>> 0) + 0.5) * 2 ** -32;

/** What becomes of abscissa z of layer i that was not accepted at once. */
function mended(z, i) {
  for (;;) {
    if (i === 0) {
      let beyond;
      do beyond = -Math.log(nextUniform()) / R;
      while (-2 * Math.log(nextUniform()) < beyond * beyond);
      return z < 0 ? -R - beyond : R + beyond;
    }
    if (f[i] + nextUniform() * (f[i + 1] - f[i]) < Math.exp(-0.5 * z * z)) return z;
    const word = nextWord();
    i = nextWord() & 255;
    z = word * (x[i] / 2 ** 31);
    if (Math.abs(word) < inside[i]) return z;
  }
}

/** The most numbers one call fills. */
export const LONGEST_FILL = 1024;
const missAt = new Int32Array(LONGEST_FILL);
const missLayer = new Int32Array(LONGEST_FILL);

/** out[from..to) = normals, at most `LONGEST_FILL`. */
export function fillNormals(out, from, to) {
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let counter = state[3];
  let misses = 0;
  for (let j = from; j < to; j++) {
    const high = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + high) | 0;
    const low = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + low) | 0;
    const i = low & 255;
    out[j] = (high * 2097152 + (low >>> 11)) * scale[i];
    if (Math.abs(high) >= inside[i]) {
      missAt[misses] = j;
      missLayer[misses] = i;
      misses++;
    }
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = counter;
  for (let n = 0; n < misses; n++) out[missAt[n]] = mended(out[missAt[n]], missLayer[n]);
}
