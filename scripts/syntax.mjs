// Syntax trees of our sources and of what is built from them, for the checks.
import { parseAst } from "vite";

/** Calls `visit(node, insideFunction)` for every node of a syntax tree. */
export function walk(node, visit, inside = false) {
  if (Array.isArray(node)) {
    for (const child of node) walk(child, visit, inside);
  } else if (typeof node?.type === "string") {
    visit(node, inside);
    const deeper = inside || /Function/.test(node.type);
    for (const child of Object.values(node)) walk(child, visit, deeper);
  }
}

/**
 * The statements of a module and what it imports: `{ specifier, offset, dynamic, typesOnly }`, re-exports, `import()` of a
 * literal and the `import("x").T` of types included.
 */
export function parseModule(file, text) {
  const lang = /\.(?:m?(ts)|(tsx|jsx))$/.exec(file)?.slice(1).find(Boolean) ?? "js";
  const { body } = parseAst(text, { lang }, file);
  const imports = [];
  walk(body, (node) => {
    const dynamic = node.type === "ImportExpression";
    const inType = node.type === "TSImportType";
    // minifiers write literals as templates
    const template = node.source?.type === "TemplateLiteral" && node.source.quasis.length === 1;
    const specifier = template
      ? node.source.quasis[0].value.cooked
      : (node.source?.value ?? node.argument?.literal?.value);
    if (typeof specifier !== "string" || !(dynamic || inType || /^(Import|Export)/.test(node.type))) return;
    const typesOnly = inType || node.importKind === "type" || node.exportKind === "type";
    imports.push({ specifier, offset: node.start, dynamic, typesOnly });
  });
  return { body, imports };
}
