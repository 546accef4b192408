// Which of the three browser engines this machine has.
import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The first of `names` that is an executable file on PATH, or undefined. */
function onPath(...names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });
}

function miniBrowser() {
  const folders = existsSync("/usr/lib") ? readdirSync("/usr/lib") : [];
  return folders
    .map((folder) => join("/usr/lib", folder, "webkit2gtk-4.1/MiniBrowser"))
    .find((file) => existsSync(file));
}

/**
 * The three engines, present or not: `path` is the program, undefined where it is missing; `missing` lists the Debian
 * packages that would bring it.
 * @returns {{ name: "Chromium" | "Firefox" | "WebKit", path: string | undefined, missing: string[] }[]}
 */
export function findBrowsers() {
  const chromium = onPath("chromium", "chromium-browser", "google-chrome-stable", "google-chrome");
  const firefox = onPath("firefox-esr", "firefox");
  const webkit = {
    "libwebkit2gtk-4.1-0": miniBrowser(),
    xvfb: onPath("xvfb-run") && onPath("Xvfb"),
    xauth: onPath("xauth"),
  };
  const missing = Object.keys(webkit).filter((name) => !webkit[name]);
  return [
    { name: "Chromium", path: chromium, missing: chromium ? [] : ["chromium"] },
    { name: "Firefox", path: firefox, missing: firefox ? [] : ["firefox-esr"] },
    { name: "WebKit", path: missing.length ? undefined : webkit["libwebkit2gtk-4.1-0"], missing },
  ];
}
