// The three browser engines that the tests run in: finds them, and installs what is missing where it may.
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBrowsers } from "../test/browsers/find.mjs";

const say = (line) => process.stdout.write(`${line}\n`);

function isDebianRoot() {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    return /^ID=["']?debian["']?$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

function aptGet(args, log) {
  return new Promise((resolve) => {
    const options = ["-q", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=2"];
    const child = spawn("apt-get", [...options, ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", log, log],
    });
    child.once("exit", (code) => resolve(code === 0));
    child.once("error", ({ message }) => {
      writeSync(log, `${message}\n`);
      resolve(false);
    });
  });
}

async function install(packages) {
  const folder = mkdtempSync(join(tmpdir(), "sgd-dynamics-apt-"));
  const file = join(folder, "apt-get.log");
  const log = openSync(file, "a");
  const begin = performance.now();
  const seconds = () => `${Math.round((performance.now() - begin) / 1000)} s`;
  const note = `Installing ${packages.join(" ")} with apt-get, for the tests in browsers`;
  if (!process.stdout.isTTY) say(`${note} (one to three minutes)`);
  const clock = process.stdout.isTTY && setInterval(() => process.stdout.write(`\r${note}: ${seconds()}`), 1000);
  // a failing update is no reason to stop: the lists of before may do
  await aptGet(["update"], log);
  const installed = await aptGet(["install", "-y", "--no-install-recommends", ...packages], log);
  if (clock) process.stdout.write("\r\x1b[K");
  clearInterval(clock);
  closeSync(log);
  if (installed) {
    say(`Installed ${packages.join(" ")} in ${seconds()}`);
    rmSync(folder, { recursive: true });
    return;
  }
  const end = readFileSync(file, "utf8").trimEnd().split("\n").slice(-5);
  say(`apt-get could not install ${packages.join(" ")}; the log is ${file} and ends:\n  ${end.join("\n  ")}`);
}

/**
 * Installs missing engines where that is possible (root on Debian; SGD_DYNAMICS_SKIP_BROWSERS=1 forbids it), says which
 * engines there are and which are missing, and returns what {@link findBrowsers} finds then.
 */
export async function ensureBrowsers() {
  const missing = () => findBrowsers().flatMap((browser) => browser.missing);
  if (missing().length && isDebianRoot() && process.env.SGD_DYNAMICS_SKIP_BROWSERS !== "1") await install(missing());
  const browsers = findBrowsers();
  const present = browsers.filter(({ path }) => path !== undefined);
  say(`Engines tested: ${["Node", ...present.map(({ name }) => name)].join(", ")}`);
  for (const { name, missing: packages } of browsers) {
    if (packages.length) say(`Engine not tested: ${name} is missing. On Debian: apt-get install ${packages.join(" ")}`);
  }
  return browsers;
}
