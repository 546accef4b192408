// The border rules of the house, one function each; part of `npm run lint`.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseModule, walk } from "./syntax.mjs";

// the root can be given, so that a test can point it at a small tree with mistakes
const root = process.argv[2] ?? fileURLToPath(new URL("..", import.meta.url));
const transcendental =
  "exp|log|log2|log10|log1p|expm1|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|pow|cbrt|hypot|random";
const publicEntries = [
  "index",
  "schema",
  "formats/index",
  "plot/index",
  "classify/index",
  "papers/index",
  "sweep/index",
].map((name) => `src/${name}.ts`);
/** Pure arithmetic that stands in for the host's Math, open to everyone. */
const arithmetic = ["src/logarithm.ts"];
const outsiders = ["src/cli/", "src/sweep/", "src/papers/", "site/"];

const problems = [];
const report = (file, text, offset, sentence) => {
  problems.push(`${file}:${text.slice(0, offset).split("\n").length}: ${sentence}`);
};

/** Every source file under `folder`, as paths from the root with forward slashes. */
function sources(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => `${folder}/${name}`)
    .filter((file) => /\.(m?[jt]s|[jt]sx)$/.test(file) && !/(^|\/)(node_modules|dist)\//.test(file));
}

/** The file that a relative import means (`./x.js` may be `./x.ts`), from the root, or undefined. */
function resolveImport(file, specifier) {
  const target = join(dirname(file), specifier.replace(/\?.*$/, ""));
  const candidates = [
    target,
    target.replace(/\.(m?)js$/, ".$1ts"),
    target.replace(/\.jsx?$/, ".tsx"),
    `${target}.ts`,
    `${target}/index.ts`,
  ];
  return candidates.find((name) => existsSync(join(root, name)) && statSync(join(root, name)).isFile());
}

const isRelative = (specifier) => /^\.{1,2}(\/|$)/.test(specifier);

const parsed = new Map();
function parse(file) {
  if (!parsed.has(file)) {
    const text = readFileSync(join(root, file), "utf8");
    parsed.set(file, { text, ...parseModule(file, text) });
  }
  return parsed.get(file);
}

/** assembly/ imports only itself, and asks nothing of the host. */
function checkAssembly() {
  for (const file of sources("assembly")) {
    const text = readFileSync(join(root, file), "utf8");
    // AssemblyScript is not TypeScript (decorators on functions), so words, with comments blanked
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, " "));
    for (const { 2: specifier, index } of code.matchAll(/\b(from|import)\s*"([^"]+)"/g)) {
      const inside = isRelative(specifier) && join(dirname(file), specifier).startsWith("assembly/");
      if (!inside) report(file, text, index, `imports "${specifier}"; assembly/ imports only files of assembly/`);
    }
    for (const { 0: word, index } of code.matchAll(/@external\b|\bJSMath\b|\bdeclare\s+function\b/g)) {
      report(file, text, index, `${word} asks something of the host; the core imports nothing from it`);
    }
    for (const { 0: word, index } of code.matchAll(new RegExp(`\\b(Native)?Mathf?\\.(${transcendental})\\b`, "g"))) {
      report(file, text, index, `${word}: use the functions of assembly/special/, whose error is known`);
    }
  }
  for (const name of ["release", "testing-debug"].filter((one) => existsSync(join(root, `build/${one}.wasm`)))) {
    const module = new WebAssembly.Module(readFileSync(join(root, `build/${name}.wasm`)));
    const foreign = WebAssembly.Module.imports(module).map(({ module: from, name: what }) => `${from}.${what}`);
    for (const what of foreign.filter((full) => full !== "env.abort"))
      problems.push(`build/${name}.wasm: imports ${what}; only env.abort is allowed`);
  }
}

/** Only src/wasm/ knows WebAssembly memory and as-bind. */
function checkMemory() {
  for (const file of sources("src").filter((name) => !name.startsWith("src/wasm/"))) {
    const { text, body, imports } = parse(file);
    for (const { specifier, offset } of imports) {
      if (/as-bind|-binary/.test(specifier)) report(file, text, offset, `imports "${specifier}"; only src/wasm/ does`);
    }
    walk(body, (node) => {
      const [left, right] = [node.object ?? node.left, node.property ?? node.right];
      const isMemory = left?.name === "WebAssembly" && right?.name === "Memory";
      const isBuffer = right?.name === "buffer" && (left?.name === "memory" || left?.property?.name === "memory");
      if (/MemberExpression|TSQualifiedName/.test(node.type) && (isMemory || isBuffer)) {
        report(file, text, node.start, "touches WebAssembly memory; only src/wasm/ does");
      }
    });
  }
}

/** What users import runs in a browser: nothing on the way imports node:, nor waits at the top level. */
function checkReachable() {
  const seen = new Set();
  const follow = (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    const { text, body, imports } = parse(file);
    walk(body, (node, inside) => {
      if (node.type === "AwaitExpression" && !inside)
        report(file, text, node.start, "top-level await, reachable from src/index.ts");
    });
    for (const { specifier, offset, typesOnly, dynamic } of imports) {
      if (typesOnly) continue;
      // dynamic ones too: a bundler follows them
      if (specifier.startsWith("node:"))
        report(file, text, offset, `imports "${specifier}", reachable from src/index.ts`);
      const target = isRelative(specifier) ? resolveImport(file, specifier) : undefined;
      if (target && !dynamic) follow(target);
    }
  };
  if (existsSync(join(root, "src/index.ts"))) follow("src/index.ts");
}

/** The command line, sweeps, papers and the page are users of the public API like any other. */
function checkOutsiders() {
  for (const file of [...sources("src"), ...sources("site")]) {
    const home = outsiders.find((folder) => file.startsWith(folder));
    if (!home) continue;
    const { text, imports } = parse(file);
    for (const { specifier, offset } of imports.filter((each) => isRelative(each.specifier))) {
      const target = resolveImport(file, specifier) ?? join(dirname(file), specifier);
      const allowed =
        target.startsWith(home) || [...publicEntries, ...arithmetic].includes(target) || target.endsWith(".json");
      if (!allowed)
        report(
          file,
          text,
          offset,
          `imports "${specifier}"; ${home} imports only itself and ${publicEntries.join(", ")}`,
        );
    }
  }
}

/** `x ** n` is exact only as a power of two literals or of bigints: engines differ already in x ** 3. */
function isExactPower({ left, right }) {
  if (right.bigint !== undefined) return true;
  const exponent =
    right.type === "UnaryExpression" && right.operator === "-" && left.value === 2 ? right.argument : right;
  const isNumber = (node) => node.type === "Literal" && typeof node.value === "number";
  return isNumber(exponent) && (isNumber(left) || exponent.value === 2);
}

/** On a path to a result no function of the host whose last bit is the engine's choice. */
function checkMath() {
  const names = new RegExp(`^(${transcendental})$`);
  for (const file of sources("src").filter((name) => !/^src\/(plot|cli|formats)\//.test(name))) {
    const { text, body } = parse(file);
    walk(body, (node) => {
      if (
        /MemberExpression/.test(node.type) &&
        node.object.name === "Math" &&
        (node.computed || names.test(node.property.name))
      ) {
        report(
          file,
          text,
          node.start,
          `${text.slice(node.start, node.end)}: engines differ in its last bits; use the kernels' functions`,
        );
      }
      if (node.type === "VariableDeclarator" && node.init?.name === "Math")
        report(file, text, node.start, "takes Math apart; write Math.name");
      if (
        (node.type === "BinaryExpression" && node.operator === "**" && !isExactPower(node)) ||
        (node.type === "AssignmentExpression" && node.operator === "**=")
      ) {
        report(
          file,
          text,
          node.start,
          `${text.slice(node.start, node.end)}: engines differ in the last bits of powers; multiply`,
        );
      }
    });
  }
}

/** No default exports; loading a module does nothing. Programs (the command line, workers) are exempt from the latter. */
function checkModules() {
  for (const file of sources("src")) {
    const { text, body } = parse(file);
    const isProgram = file.startsWith("src/cli/") || /worker\.m?[jt]s$/.test(file);
    for (const node of body) {
      const named = node.specifiers?.some(({ exported }) => (exported?.name ?? exported?.value) === "default");
      if (node.type === "ExportDefaultDeclaration" || named)
        report(file, text, node.start, "a default export; name it");
      const acts = node.type === "ExpressionStatement" && !node.directive;
      if (acts && !isProgram) report(file, text, node.start, "acts when loaded; a module of src/ has no side effects");
    }
  }
}

for (const check of [checkAssembly, checkMemory, checkReachable, checkOutsiders, checkMath, checkModules]) check();
const count = ["assembly", "src", "site"].flatMap(sources).length;
if (problems.length) process.stderr.write(`${[...new Set(problems)].join("\n")}\n`);
else process.stdout.write(`Borders: ${count} files, every rule holds\n`);
process.exitCode = problems.length ? 1 : 0;
