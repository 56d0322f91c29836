/** A test as it is registered. */
export interface NamedTest {
  /** Relative to the repository. */
  readonly file: string;
  readonly name: string;
}

/**
 * The tests that `files` register, without running any. Names are often made in loops, so the files
 * are loaded with a `Deno.test` that only takes notes: call this in a process of its own.
 */
export async function testNames(root: string, files: readonly string[]): Promise<NamedTest[]> {
  const found: NamedTest[] = [];
  let file = "";
  const note = (...args: unknown[]) => {
    const name = nameFrom(args);
    if (name !== undefined) found.push({ file, name });
  };
  // What is registered to be ignored shows nothing.
  const recorder = Object.assign(note, { only: note, ignore: () => {}, each: () => note });
  const hooks = { beforeAll() {}, beforeEach() {}, afterAll() {}, afterEach() {} };
  Object.defineProperty(Deno, "test", { value: Object.assign(recorder, hooks) });
  for (file of files) await import(new URL(file, `file://${root}/`).href);
  return found;
}

/** From the arguments of any form of `Deno.test`; undefined for a test that is ignored. */
function nameFrom(args: readonly unknown[]): string | undefined {
  let name: string | undefined;
  for (const arg of args) {
    if (typeof arg === "string") name ??= arg;
    if (typeof arg === "function") name ??= arg.name;
    if (typeof arg === "object" && arg !== null) {
      const definition = arg as { name?: string; ignore?: boolean };
      if (definition.ignore) return undefined;
      name ??= definition.name;
    }
  }
  return name;
}
