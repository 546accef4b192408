// as-bind's own runtime (0.8.2) with the class ids and the RTTI layout of current AssemblyScript,
// and with modules taken as they are.
// The loader it bundles is 0.19's; four constants moved since. Each edit must match the stated
// number of times, so that another version of as-bind cannot slip through.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

const edits = [
  // RTTI: one word a class (flags) instead of two (flags, base)
  { from: "return r[(p+4>>>2)+2*t]", to: "return r[(p+4>>>2)+t]", times: 1 },
  // ArrayBuffer has class id 1 (0 is Object)
  { from: "c(r.length,0)", to: "c(r.length,1)", times: 1 },
  // String has class id 2: when made, and when read
  { from: "c(r<<1,1)", to: "c(r<<1,2)", times: 1 },
  { from: "if(1!==new Uint32Array(r)[t+-8>>>2])", to: "if(2!==new Uint32Array(r)[t+-8>>>2])", times: 1 },
  // a module that is compiled already
  {
    from: "t=await t.arrayBuffer()}return WebAssembly.compile(t)}(t)",
    to: "t=await t.arrayBuffer()}return u(t)?t:WebAssembly.compile(t)}(t)",
    times: 1,
  },
];

/** The patched source of as-bind's ES module, with its licence. */
export function asBindRuntime() {
  const file = require.resolve("as-bind/dist/as-bind.esm.js");
  let source = readFileSync(file, "utf8");
  for (const { from, to, times } of edits) {
    const found = source.split(from).length - 1;
    if (found !== times) throw new Error(`as-bind adapter: found ${found} times, expected ${times}: ${from}`);
    source = source.replace(from, to);
  }
  const exported = /export\s*\{[^}]*\}/.exec(source);
  if (!exported) throw new Error("as-bind adapter: no export statement found");
  return `/*! as-bind 0.8.2, MIT License, (c) Aaron Turner and contributors: https://github.com/torch2424/as-bind */\n${source}`;
}
