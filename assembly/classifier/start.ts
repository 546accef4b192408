/** Random weights: block l of the start's stream is layer l. */
import { nextNormal } from "../random/normal";
import { nextUniform, seekScalar } from "../random/stream";

/** Writes `count` f32: normals of standard deviation `scale`, or uniform in +-scale. The generator goes on from one call to the next with block < 0. */
export function fillStart(key: usize, block: f64, normal: i32, scale: f64, out: usize, count: i32): void {
  if (block >= 0) seekScalar(key, <u64>block);
  for (const end = out + (<usize>count << 2); out < end; out += 4) {
    store<f32>(out, <f32>(scale * (normal != 0 ? nextNormal() : 2.0 * nextUniform() - 1.0)));
  }
}
