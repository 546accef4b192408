/** What a result was computed with. */
import { readFileSync } from "node:fs";
import { createEngine } from "../index.js";
import { packageFile } from "./files.js";

export interface Environment {
  readonly "sgd-dynamics": string;
  /** Identity of the core's sources: equal cores give equal bits. */
  readonly core: string;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
}

export function version(): string {
  const path = packageFile("package.json");
  return path ? (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version : "unknown";
}

export async function environment(): Promise<Environment> {
  const { node, v8 } = process.versions;
  return {
    "sgd-dynamics": version(),
    core: (await createEngine()).identity,
    node,
    v8,
    platform: `${process.platform} ${process.arch}`,
  };
}
