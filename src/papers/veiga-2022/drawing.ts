/** What the figures share. */
import type { Series } from "../../plot/index.js";
import { exponential, logarithm, powerOf } from "../slope.js";
import type { Mean, Scaling } from "./scaling.js";

/** From `from` to `to`, evenly in logarithms. */
export function logSpaced(from: number, to: number, count: number): number[] {
  const step = logarithm(to / from) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? to : from * exponential(i * step)));
}

const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  "-": "⁻",
  "0": "⁰",
  "1": "¹",
  "2": "²",
  "3": "³",
  "4": "⁴",
  "5": "⁵",
  "6": "⁶",
  "7": "⁷",
  "8": "⁸",
  "9": "⁹",
};

/** "30", "3000", "10⁴", "10¹⁶". */
export function dimensionText(d: number): string {
  const power = Math.round(logarithm(d) / logarithm(10));
  const isPower = power > 3 && Math.abs(d / powerOf(10, power) - 1) < 1e-9;
  return isPower ? `10${[...String(power)].map((digit) => SUPERSCRIPTS[digit]).join("")}` : String(d);
}

/** 1/4 and such. */
export function fraction(x: number): string {
  const names: Readonly<Record<string, string>> = {
    "0.125": "1/8",
    "0.25": "1/4",
    "0.375": "3/8",
    "0.5": "1/2",
    "0.625": "5/8",
    "0.75": "3/4",
  };
  const name = names[Math.abs(x)] ?? String(Math.abs(x));
  return x < 0 ? `−${name}` : name;
}

/** Dots of means with two standard errors. */
export function dots(label: string, group: string, x: readonly number[], means: readonly Mean[]): Series {
  return {
    label,
    kind: "dots",
    group,
    x,
    y: means.map(({ mean }) => mean),
    low: means.map(({ mean, error }) => mean - 2 * error),
    high: means.map(({ mean, error }) => mean + 2 * error),
  };
}

/** What learns of a teacher of two, so that label noise has a floor to keep up. */
export const FLOOR: Scaling = { kappa: 0, delta: 0, teacherWidth: 2, learningRate: 4, noiseVariance: 1e-3 };
