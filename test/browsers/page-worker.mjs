/** What a module worker posts. */
export function inWorker(path) {
  return new Promise((resolve) => {
    const worker = new Worker(new URL(path, import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve({ error: `the worker failed: ${message ?? "it could not be loaded"}` });
  });
}
