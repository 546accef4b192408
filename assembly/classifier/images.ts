/**
 * Images between layers: pixels are rows, row (b height + y) width + x, and channels are columns, in panels (panels.ts). A 3 x 3 convolution with zeros around is the product
 * of a matrix of neighbourhoods with its weights: columns (3 (dy + 1) + dx + 1) channels + c of neighbourhoods, and so of rows of the weights.
 *
 * Sums are made tap by tap, in that order.
 */
import { eights, panelBytes } from "./panels";
import { Layer } from "./run";

/** First and last place o of a row of outputs for which o stride + d lies within 0 .. size - 1. */
// @ts-ignore: decorator
@inline
function firstInside(d: i32): i32 {
  return d < 0 ? 1 : 0;
}

// @ts-ignore: decorator
@inline
function endInside(d: i32, size: i32, stride: i32, places: i32): i32 {
  return min(places, (size - d + stride - 1) / stride);
}

/** One panel of channels, one tap: what lies at (y stride + dy, x stride + dx) to every output's row. */
function takeTap(layer: Layer, from: usize, to: usize, samples: i32, dy: i32, dx: i32): void {
  const height = <i32>layer.height, width = <i32>layer.width, stride = <i32>layer.stride, H = <i32>layer.outHeight, W = <i32>layer.outWidth;
  const first = firstInside(dx), end = endInside(dx, width, stride, W);
  for (let b = 0; b < samples; b++) {
    for (let y = 0; y < H; y++, to += <usize>W << 5) {
      const at = y * stride + dy;
      if (at < 0 || at >= height) {
        memory.fill(to, 0, <usize>W << 5);
        continue;
      }
      if (first > 0) memory.fill(to, 0, 32);
      if (end < W) memory.fill(to + (<usize>end << 5), 0, <usize>(W - end) << 5);
      let source = from + (<usize>((b * height + at) * width + first * stride + dx) << 5);
      if (stride == 1) {
        memory.copy(to + (<usize>first << 5), source, <usize>(end - first) << 5);
        continue;
      }
      for (let x = first; x < end; x++, source += <usize>stride << 5) {
        const place = to + (<usize>x << 5);
        v128.store(place, v128.load(source));
        v128.store(place, v128.load(source, 16), 16);
      }
    }
  }
}

/** The inverse: adds an output's row to what lies there. */
function addTap(layer: Layer, from: usize, to: usize, samples: i32, dy: i32, dx: i32): void {
  const height = <i32>layer.height, width = <i32>layer.width, stride = <i32>layer.stride, H = <i32>layer.outHeight, W = <i32>layer.outWidth;
  const first = firstInside(dx), end = endInside(dx, width, stride, W);
  for (let b = 0; b < samples; b++) {
    for (let y = 0; y < H; y++, from += <usize>W << 5) {
      const at = y * stride + dy;
      if (at < 0 || at >= height) continue;
      let place = to + (<usize>((b * height + at) * width + first * stride + dx) << 5);
      for (let x = first; x < end; x++, place += <usize>stride << 5) {
        const source = from + (<usize>x << 5);
        v128.store(place, f32x4.add(v128.load(place), v128.load(source)));
        v128.store(place, f32x4.add(v128.load(place, 16), v128.load(source, 16)), 16);
      }
    }
  }
}

/** Neighbourhoods of an image with `channels` (a multiple of 8), to `layer.columns`. Cost: nine copies of it. */
export function neighbourhoods(layer: Layer, from: usize, samples: i32): void {
  const channels = <i32>layer.channels;
  const bytes = panelBytes(samples * <i32>(layer.height * layer.width)), toBytes = panelBytes(samples * <i32>layer.pixels);
  let to = <usize>layer.columns;
  for (let tap = 0; tap < 9; tap++) {
    for (let c = 0, panel = from; c < channels; c += 8, panel += bytes, to += toBytes) takeTap(layer, panel, to, samples, tap / 3 - 1, tap % 3 - 1);
  }
}

/** The gradient of an image from that of its neighbourhoods. */
export function gather(layer: Layer, neighbours: usize, to: usize, samples: i32): void {
  const channels = <i32>layer.channels;
  const bytes = panelBytes(samples * <i32>(layer.height * layer.width)), fromBytes = panelBytes(samples * <i32>layer.pixels);
  memory.fill(to, 0, bytes * (channels >> 3));
  for (let tap = 0; tap < 9; tap++) {
    for (let c = 0, panel = to; c < channels; c += 8, panel += bytes, neighbours += fromBytes) addTap(layer, neighbours, panel, samples, tap / 3 - 1, tap % 3 - 1);
  }
}

/** Neighbourhoods of the network's inputs, number (y width + x) channels + c of which is column of the panels at `from`: few channels, so not filled up. */
export function neighbourhoodsOfInputs(layer: Layer, from: usize, samples: i32): void {
  const channels = <i32>layer.channels, height = <i32>layer.height, width = <i32>layer.width, stride = <i32>layer.stride;
  const H = <i32>layer.outHeight, W = <i32>layer.outWidth, bytes = panelBytes(samples), rows = samples * <i32>layer.pixels, toBytes = panelBytes(rows);
  for (let column = 0, columns = eights(9 * channels); column < columns; column++) {
    let to = <usize>layer.columns + toBytes * (column >> 3) + (<usize>(column & 7) << 2);
    const tap = column / channels, c = column % channels, dy = tap / 3 - 1, dx = tap % 3 - 1;
    for (let b = 0; b < samples; b++) {
      const sample = from + (<usize>b << 5);
      for (let y = 0; y < H; y++) {
        const iy = y * stride + dy;
        for (let x = 0; x < W; x++, to += 32) {
          const ix = x * stride + dx;
          const isInside = tap < 9 && iy >= 0 && iy < height && ix >= 0 && ix < width;
          const f = isInside ? (iy * width + ix) * channels + c : 0;
          store<f32>(to, isInside ? load<f32>(sample + bytes * (f >> 3) + (<usize>(f & 7) << 2)) : 0);
        }
      }
    }
  }
}

/** Images (pixels' rows, channels a multiple of 8) as rows of samples: column (y width + x) channels + c. With `back` the other way round. */
export function flatten(images: usize, flat: usize, samples: i32, pixels: i32, channels: i32, back: bool): void {
  const bytes = panelBytes(samples * pixels), flatBytes = panelBytes(samples), panels = channels >> 3;
  for (let c = 0; c < panels; c++, images += bytes) {
    for (let b = 0; b < samples; b++) {
      let image = images + (<usize>(b * pixels) << 5), row = flat + flatBytes * c + (<usize>b << 5);
      for (let p = 0; p < pixels; p++, image += 32, row += flatBytes * panels) {
        const from = back ? row : image, to = back ? image : row;
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      }
    }
  }
}

/** Rows of the four pixels that (y, x) of the smaller image is the largest of. */
// @ts-ignore: decorator
@inline
function corner(b: i32, y: i32, x: i32, height: i32, width: i32): usize {
  return <usize>((b * height + 2 * y) * width + 2 * x) << 5;
}

/** The largest of each 2 x 2 pixels, to `layer.out`; a last row or column alone is left out. NaN goes on. */
export function pool(layer: Layer, from: usize, samples: i32): void {
  const height = <i32>layer.height, width = <i32>layer.width, H = <i32>layer.outHeight, W = <i32>layer.outWidth, line = <usize>width << 5;
  const bytes = panelBytes(samples * height * width), toBytes = panelBytes(samples * H * W);
  for (let c = 0, panel = <usize>layer.out; c < <i32>layer.outputs; c += 8, from += bytes, panel += toBytes) {
    let to = panel;
    for (let b = 0; b < samples; b++) {
      for (let y = 0; y < H; y++) {
        for (let x = 0; x < W; x++, to += 32) {
          const at = from + corner(b, y, x, height, width);
          for (let half: usize = 0; half < 32; half += 16) {
            const upper = f32x4.max(v128.load(at + half), v128.load(at + half, 32));
            v128.store(to + half, f32x4.max(upper, f32x4.max(v128.load(at + line + half), v128.load(at + line + half, 32))));
          }
        }
      }
    }
  }
}

/** The gradient goes to the first pixel of the four that is the largest; the others' is 0. */
export function unpool(layer: Layer, from: usize, to: usize, samples: i32): void {
  const height = <i32>layer.height, width = <i32>layer.width, H = <i32>layer.outHeight, W = <i32>layer.outWidth, line = <usize>width << 5;
  const bytes = panelBytes(samples * height * width), outBytes = panelBytes(samples * H * W);
  memory.fill(to, 0, bytes * <usize>(<i32>layer.outputs >> 3));
  for (let c = 0, offset: usize = 0; c < <i32>layer.outputs; c += 8, from += bytes, to += bytes, offset += outBytes) {
    let out = <usize>layer.out + offset, delta = <usize>layer.delta + offset;
    for (let b = 0; b < samples; b++) {
      for (let y = 0; y < H; y++) {
        for (let x = 0; x < W; x++, out += 32, delta += 32) {
          const at = corner(b, y, x, height, width);
          for (let half: usize = 0; half < 32; half += 16) {
            const largest = v128.load(out + half);
            let left = v128.load(delta + half);
            for (let k = 0; k < 4; k++) {
              const pixel = at + half + (k & 1 ? 32 : 0) + (k & 2 ? line : 0), isIt = f32x4.eq(v128.load(from + pixel), largest);
              v128.store(to + pixel, v128.and(left, isIt));
              left = v128.andnot(left, isIt);
            }
          }
        }
      }
    }
  }
}

/** Times the slopes of the layer whose outputs' gradient this is: 1 where `extra` is positive for ReLU, else `extra`. */
export function timesSlopes(isRelu: bool, gradient: usize, extra: usize, bytes: usize): void {
  const zero = f32x4.splat(0);
  for (const end = gradient + bytes; gradient < end; gradient += 16, extra += 16) {
    const slope = v128.load(extra), g = v128.load(gradient);
    v128.store(gradient, isRelu ? v128.and(g, f32x4.gt(slope, zero)) : f32x4.mul(g, slope));
  }
}
