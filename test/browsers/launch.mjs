// Opens a page of ours in a real browser and returns what the page posts back. No dependencies.
import { spawn } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, resolve, sep } from "node:path";

const chromiumFlags =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --disable-breakpad --disable-dev-shm-usage --no-proxy-server";
const firefoxPreferences = {
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "network.proxy.type": 0,
  "services.settings.server": "",
  "toolkit.telemetry.enabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
};
const webkitEnvironment = {
  WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
  WEBKIT_DISABLE_COMPOSITING_MODE: "1",
  LIBGL_ALWAYS_SOFTWARE: "1",
  GDK_BACKEND: "x11",
};
const contentTypes = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".css": "text/css",
};

// The browser lives in a process group of its own, led by this shell. It says "ended" when the browser ends by itself,
// and ends the group as soon as its standard input closes: when the launcher asks, or dies, however it dies.
// Half a second between the two signals lets Xvfb take its lock file away.
const guard = `("$@" </dev/null >/dev/null; echo ended) &
trap "" HUP INT TERM
read -r _
kill -TERM 0
sleep 0.5
rm -rf "$TMPDIR"
kill -KILL 0`;

function command({ name, path }, home, url) {
  if (name === "Chromium") return [path, ...chromiumFlags.split(" "), `--user-data-dir=${join(home, "profile")}`, url];
  if (name === "WebKit") return ["xvfb-run", "-a", path, url];
  const lines = Object.entries(firefoxPreferences).map(
    ([key, value]) => `user_pref("${key}", ${JSON.stringify(value)});\n`,
  );
  writeFileSync(join(home, "user.js"), lines.join(""));
  return [path, "--headless", "--no-remote", "--profile", home, url];
}

/** The caller's environment without its display, session bus and proxies; home, caches and sockets go to `home`. */
function environment({ name }, home) {
  const foreign = /_proxy$|^XDG_|^(WAYLAND_)?DISPLAY$/i;
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !foreign.test(key))),
    HOME: home,
    TMPDIR: home,
    XDG_RUNTIME_DIR: home,
    DBUS_SESSION_BUS_ADDRESS: "disabled:",
    NO_AT_BRIDGE: "1",
    MOZ_CRASHREPORTER_DISABLE: "1",
    ...(name === "WebKit" ? webkitEnvironment : {}),
  };
}

/** Serves the files under `directory` on a free port of 127.0.0.1; `onResult` gets the text of what is posted, `onMissing` a path. */
async function serve(directory, headers, onResult, onMissing) {
  const root = resolve(directory);
  const server = createServer(async (request, response) => {
    if (request.method === "POST") {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      response.writeHead(204).end();
      onResult(Buffer.concat(chunks).toString());
      return;
    }
    const url = new URL(request.url, "http://localhost");
    const { pathname } = url;
    const file = resolve(root, `.${decodeURIComponent(pathname)}`);
    if (!file.startsWith(root + sep) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      if (pathname !== "/favicon.ico") onMissing(pathname);
      return;
    }
    const type = contentTypes[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { ...headers(url), "Content-Type": type, "Cache-Control": "no-store" });
    createReadStream(file).pipe(response);
  });
  await new Promise((listening, failed) => server.once("error", failed).listen(0, "127.0.0.1", listening));
  return server;
}

/**
 * Starts `browser` (one that findBrowsers() found) with a fresh profile on `page`, a path inside `directory`, and resolves
 * with the JSON the page posts to /result. Whatever happens, the browser's processes are ended and its files removed.
 * `timeout` is in milliseconds; `headers` go with every file served, or are a function of its URL.
 * @param {{ name: string, path: string | undefined }} browser
 * @param {{ directory: string, page: string, timeout?: number, headers?: Record<string, string> | ((url: URL) => Record<string, string>) }} options
 * @returns {Promise<any>}
 */
export async function runPage(browser, { directory, page, timeout = 60_000, headers = {} }) {
  let settle;
  const posted = new Promise((fulfil) => {
    settle = fulfil;
  });
  let said = "";
  const hear = (text) => {
    said = (said + text).slice(-2000);
  };
  const headersOf = typeof headers === "function" ? headers : () => headers;
  const server = await serve(directory, headersOf, settle, (path) => hear(`not found: ${path}\n`));
  const url = `http://127.0.0.1:${server.address().port}/${page}`;
  const home = mkdtempSync(join(tmpdir(), "sgd-dynamics-browser-"));
  const child = spawn("sh", ["-c", guard, "sh", ...command(browser, home, url)], {
    cwd: home,
    env: environment(browser, home),
    detached: true,
    stdio: "pipe",
  });
  const exited = new Promise((fulfil) => child.once("exit", fulfil).once("error", fulfil));
  child.stderr.on("data", hear);
  let timer;
  try {
    const failed = new Promise((_, reject) => {
      const fail = (what) => reject(new Error(`${browser.name} ${what} (${url}). Its last words:\n${said}`));
      timer = setTimeout(fail, timeout, `posted no result within ${timeout / 1000} s`);
      child.stdout.once("data", () => fail("ended before it posted a result"));
      child.once("error", reject);
    });
    return JSON.parse(await Promise.race([posted, failed]));
  } finally {
    clearTimeout(timer);
    server.close();
    server.closeAllConnections();
    child.stdin.end();
    await exited;
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
