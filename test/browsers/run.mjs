// Loads the built package where it runs (page, module worker or Node) and runs the workload on it.

async function bytesOf(url) {
  if (url.protocol !== "file:") return new Uint8Array(await (await fetch(url)).arrayBuffer());
  const { readFile } = await import("node:fs/promises");
  return new Uint8Array(await readFile(url));
}

/** @returns {Promise<{ hashes: Record<string, string> } | { error: string }>} never rejects, so that any engine can report */
export async function run() {
  try {
    const { workload } = await import("./workload.mjs");
    const { classifyWorkload } = await import("./classify-workload.mjs");
    const library = await import("../../dist/index.js");
    const classify = await import("../../dist/classify.js");
    const wasm = await bytesOf(new URL("../../build/testing-release.wasm", import.meta.url));
    return { hashes: { ...(await workload(library, { wasm })), ...(await classifyWorkload(classify)) } };
  } catch (error) {
    return { error: `${error}\n${error?.stack ?? ""}` };
  }
}
