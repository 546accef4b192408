import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // processes, not threads: test/browsers starts browsers, and a file of tests is one thing at a time
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // named, because vitest chooses another one where it finds no terminal
    reporters: ["default"],
  },
});
