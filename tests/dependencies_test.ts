import assert from "#assert";

const root = new URL("../", import.meta.url);

/** `name@version` of each npm package in the import map. */
async function imported(): Promise<string[]> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const specifiers = Object.values(imports as Record<string, string>);
  return specifiers.filter((specifier) => !specifier.startsWith("node:")).map((specifier) => {
    assert.match(specifier, /^npm:.+@\d+\.\d+\.\d+$/, "an npm package with an exact version");
    return specifier.slice("npm:".length);
  });
}

/** The rows of the table: package, version, licence, use, reason. */
async function documented(): Promise<string[][]> {
  const text = await Deno.readTextFile(new URL("docs/dependencies.md", root));
  return text.split("\n").filter((line) => line.startsWith("| `")).map((line) => {
    return line.slice(1, -1).split("|").map((cell) => cell.trim().replaceAll("`", ""));
  });
}

Deno.test("docs/dependencies.md lists what deno.json imports, with the same version", async () => {
  const rows = await documented();
  const listed = rows.map(([name, version]) => `${name}@${version}`);
  assert.deepEqual(listed.toSorted(), (await imported()).toSorted());
});

Deno.test("docs/dependencies.md says licence, use and reason of each", async () => {
  for (const row of await documented()) {
    assert.equal(row.length, 5, row.join(" | "));
    const [name, , licence, use, why] = row;
    assert.match(licence!, /^(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|MPL-2\.0)$/, name);
    assert.match(use!, /^(running|checking|testing)$/, name);
    assert.ok(why!.length > 10, name);
  }
});
