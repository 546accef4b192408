// as-bind's own compiler transform (0.8.2, written for AssemblyScript 0.19) on current AssemblyScript.
// Its import of `visitor-as/as` is answered by the live enums of `assemblyscript` under their old names;
// a name that has vanished stops the build.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as assemblyscript from "assemblyscript";
import { Transform } from "assemblyscript/transform";

const require = createRequire(import.meta.url);
const { CommonFlags, NodeKind, ElementKind } = assemblyscript;

const enums = {
  CommonFlags: { MODULE_EXPORT: CommonFlags.ModuleExport, DECLARE: CommonFlags.Declare },
  NodeKind: { FUNCTIONDECLARATION: NodeKind.FunctionDeclaration },
  ElementKind: { NAMESPACE: ElementKind.Namespace },
};
for (const [group, names] of Object.entries(enums)) {
  for (const [name, value] of Object.entries(names)) {
    if (typeof value !== "number") throw new Error(`as-bind adapter: assemblyscript no longer has ${group}.${name}`);
  }
}

function loadAsBindTransform() {
  const source = readFileSync(require.resolve("as-bind/dist/transform.cjs.js"), "utf8");
  const module = { exports: {} };
  const answer = (name) => {
    if (name !== "visitor-as/as") throw new Error(`as-bind adapter: unexpected import ${name}`);
    return enums;
  };
  new Function("require", "module", "exports", source)(answer, module, module.exports);
  return module.exports;
}

const AsBindTransform = loadAsBindTransform();

/** A hash of the core's sources, the same for every target: snapshots carry it. */
function identity() {
  const folder = new URL("../assembly/", import.meta.url);
  const hash = createHash("sha256");
  const files = readdirSync(folder, { recursive: true }).map((file) => file.split("\\").join("/"));
  for (const file of files.filter((name) => name.endsWith(".ts")).sort()) {
    hash.update(`${file}\n`).update(readFileSync(new URL(file, folder), "utf8").replaceAll("\r\n", "\n"));
  }
  return hash.digest("hex").slice(0, 16);
}

/** Of as-bind's table the functions that take or give more than numbers: the others are called as they are. */
function withoutNumeric(section) {
  const { exportedFunctions, ...rest } = JSON.parse(new TextDecoder().decode(section));
  const kept = Object.entries(exportedFunctions).filter(([, { returnType, parameters }]) =>
    [returnType, ...parameters].some((type) => type.startsWith("~")),
  );
  return new TextEncoder().encode(JSON.stringify({ ...rest, exportedFunctions: Object.fromEntries(kept) }));
}

/** Writes the types of exported functions into the custom section that as-bind's runtime reads. */
export default class extends Transform {
  afterCompile(module) {
    const adapted = {
      addCustomSection: (name, contents) => module.addCustomSection(name, withoutNumeric(contents)),
    };
    AsBindTransform.prototype.afterCompile.call(this, adapted);
    module.addCustomSection("sgd-dynamics", new TextEncoder().encode(identity()));
  }
}
