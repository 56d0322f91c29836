/** A mapping of YAML, or what embedding programs write in its place. */
export type Tree = Record<string, unknown>;

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at `path` (`storage.leveldb.dir`); undefined when there is none. */
export function valueAt(tree: Tree, path: string): unknown {
  let at: unknown = tree;
  for (const name of path.split(".")) {
    if (!isTree(at)) return undefined;
    at = at[name];
  }
  return at;
}

/** Puts `value` at `path`, unless something that is no mapping stands in the way. */
export function putAt(tree: Tree, path: string, value: unknown): boolean {
  const names = path.split(".");
  const last = names.pop()!;
  let at: Tree = tree;
  for (const name of names) {
    const next = at[name] ??= Object.create(null);
    if (!isTree(next)) return false;
    at = next;
  }
  at[last] = value;
  return true;
}
