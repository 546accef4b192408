#!/usr/bin/env node
/** The command `sgd-dynamics`. The same file is the worker that simulates on another thread. */
import { fileURLToPath } from "node:url";
import { isWorker, serve } from "./experiment/workers.js";
import { main } from "./program.js";
import { processTerminal } from "./terminal.js";

if (isWorker()) serve();
else process.exitCode = await main(process.argv.slice(2), processTerminal(fileURLToPath(import.meta.url)));
