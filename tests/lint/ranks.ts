/**
 * The house's own lint rules. `ranks`: imports point where the rank table allows. `runtime`: what
 * can be simulated does not call the runtime by itself. `permissions`: nothing asks for all.
 */
import { type ImportedName, importProblem } from "./import_rules.ts";
import { mayUseRuntime, rankedUnit, RANKS, SIMULATED_RANK_MAX } from "./rank_table.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** `fileName` relative to the repository. */
function relativeToRoot(fileName: string): string {
  return fileName.startsWith(ROOT) ? fileName.slice(ROOT.length) : fileName;
}

/** The file that `specifier` names, relative to the repository; undefined for a package. */
function resolve(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return new URL(specifier, `file:///${file}`).pathname.slice(1);
}

const ranks: Deno.lint.Rule = {
  create(context) {
    const file = relativeToRoot(context.filename);
    const check = (node: Deno.lint.Node, source: unknown, names: readonly ImportedName[]) => {
      const target = typeof source === "string" ? resolve(file, source) : undefined;
      if (target === undefined) return;
      const problem = importProblem(file, target, names);
      if (problem !== undefined) context.report({ node, message: problem });
    };
    return {
      ImportDeclaration(node) {
        check(node, node.source.value, importedNames(node));
      },
      ExportNamedDeclaration(node) {
        check(node, node.source?.value, exportedNames(node));
      },
      ExportAllDeclaration(node) {
        check(node, node.source.value, [{ name: undefined, typeOnly: node.exportKind === "type" }]);
      },
      ImportExpression(node) {
        const names = [{ name: undefined, typeOnly: false }];
        const { source } = node;
        if (source.type === "Literal") return check(node, source.value, names);
        const text = source.type === "TemplateLiteral" ? source.quasis[0]?.cooked : undefined;
        check(node, text, names);
      },
      TSImportType(node) {
        check(node, literalOf(node.argument), [{ name: undefined, typeOnly: true }]);
      },
    };
  },
};

function importedNames(node: Deno.lint.ImportDeclaration): ImportedName[] {
  const wholeIsType = node.importKind === "type";
  if (node.specifiers.length === 0) return [{ name: undefined, typeOnly: wholeIsType }];
  return node.specifiers.map((specifier) => {
    if (specifier.type !== "ImportSpecifier") {
      return { name: undefined, typeOnly: wholeIsType };
    }
    const typeOnly = wholeIsType || specifier.importKind === "type";
    return { name: nameOf(specifier.imported), typeOnly };
  });
}

function exportedNames(node: Deno.lint.ExportNamedDeclaration): ImportedName[] {
  return node.specifiers.map((specifier) => ({
    name: nameOf(specifier.local),
    typeOnly: node.exportKind === "type" || specifier.exportKind === "type",
  }));
}

/** Of `name` or `"name"`. */
function nameOf(node: { name?: unknown; value?: unknown }): string {
  return String(node.name ?? node.value);
}

/** The text of a literal (type); undefined for anything else. */
function literalOf(node: unknown): unknown {
  const { literal, value } = node as { literal?: { value: unknown }; value?: unknown };
  return literal?.value ?? value;
}

/** Globals that are the runtime: a test cannot make them stand still, repeat or fail. */
const RUNTIME_GLOBALS = new Set([
  "Deno",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "performance",
  "crypto",
  "fetch",
]);
const RUNTIME_MEMBERS = new Set(["Date.now", "Math.random"]);

const runtime: Deno.lint.Rule = {
  create(context) {
    const file = relativeToRoot(context.filename);
    const unit = rankedUnit(file);
    if (unit === undefined || RANKS[unit]! > SIMULATED_RANK_MAX || mayUseRuntime(file)) return {};
    const report = (node: Deno.lint.Node, what: string) => {
      context.report({
        node,
        message: `${what} is the runtime: time, randomness and I/O are passed in below rank ` +
          `${SIMULATED_RANK_MAX + 1} (src/base/clock.ts, src/base/random.ts, Transport, Store)`,
      });
    };
    return {
      ImportDeclaration(node) {
        const specifier = String(node.source.value);
        if (!specifier.startsWith(".")) report(node, specifier);
      },
      Identifier(node) {
        if (RUNTIME_GLOBALS.has(node.name) && !isMemberName(node)) report(node, node.name);
      },
      MemberExpression(node) {
        const { object, property } = node;
        if (object.type !== "Identifier") return;
        const name = nameOf(property as { name?: unknown; value?: unknown });
        if (RUNTIME_MEMBERS.has(`${object.name}.${name}`)) report(node, `${object.name}.${name}`);
        if (object.name === "globalThis" && RUNTIME_GLOBALS.has(name)) report(node, name);
      },
      NewExpression(node) {
        const { callee } = node;
        if (callee.type !== "Identifier" || callee.name !== "Date") return;
        if (node.arguments.length === 0) report(node, "new Date()");
      },
    };
  },
};

/** Whether an identifier only names a member, as in `clock.setTimeout` or `{ fetch: 1 }`. */
function isMemberName(node: Deno.lint.Identifier): boolean {
  // deno-lint-ignore no-explicit-any -- the type of `parent` has all kinds of nodes
  const parent = (node as any).parent;
  switch (parent?.type) {
    case "MemberExpression":
      return parent.property === node && !parent.computed;
    case "TSQualifiedName":
      return parent.right === node;
    case "Property":
    case "MethodDefinition":
    case "PropertyDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
      return parent.key === node && !parent.computed;
    default:
      return false;
  }
}

const ALL_PERMISSIONS = /(^|\s)(-A|--allow-all)(\s|$)/;

const permissions: Deno.lint.Rule = {
  create(context) {
    const check = (node: Deno.lint.Node, text: unknown) => {
      if (typeof text !== "string" || !ALL_PERMISSIONS.test(text)) return;
      context.report({ node, message: "Ask for the permissions that are needed, not for all" });
    };
    return {
      Literal: (node) => check(node, node.value),
      TemplateElement: (node) => check(node, node.cooked),
    };
  },
};

export default {
  name: "house",
  rules: { ranks, runtime, permissions },
} satisfies Deno.lint.Plugin;
