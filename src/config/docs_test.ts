import assert from "#assert";
import * as z from "zod";
import { generatedFiles } from "./docs.ts";
import { keyPaths } from "./schema.ts";

const root = new URL("../../", import.meta.url);

for (const { path, text } of generatedFiles()) {
  Deno.test(`generatedFiles: ${path} is up to date (deno run src/config/generate.ts writes it)`, async () => {
    assert.equal(await Deno.readTextFile(new URL(path, root)), text);
  });
}

function generated(path: string): string {
  return generatedFiles().find((file) => file.path === path)!.text;
}

Deno.test("generatedFiles: the reference has a heading for every key", () => {
  const markdown = generated("docs/configuration.md");
  const headings = [...markdown.matchAll(/^### `(.+)`$/gm)].map(([, path]) => path);
  assert.deepEqual(headings, [...keyPaths.keys()]);
});

Deno.test("generatedFiles: no line of the reference or the example is longer than 100", () => {
  for (const path of ["docs/configuration.md", "config/tidemq.yaml"]) {
    for (const line of generated(path).split("\n")) assert.ok(line.length <= 100, line);
  }
});

const schema = z.fromJSONSchema(JSON.parse(generated("docs/config.schema.json")));

for (
  const [what, value, valid] of [
    ["nothing", {}, true],
    ["an empty section", { auth: null }, true],
    [
      "plain numbers",
      { server: { tcp_read_timeout: 60 }, broker: { max_message_size: 4096 } },
      true,
    ],
    ["units", { server: { tcp_read_timeout: "60s" }, broker: { max_message_size: "4KiB" } }, true],
    ["unquoted versions", { broker: { protocol_versions: [3.1, "3.1.1", 5] } }, true],
    ["never", { session: { max_expiry_interval: "never" } }, true],
    ["a wrong unit", { server: { tcp_read_timeout: "60 seconds" } }, false],
    ["an unknown key", { server: { tcp_adr: ":1883" } }, false],
    ["an unknown section", { servers: {} }, false],
    ["a number out of range", { broker: { receive_maximum: 65_536 } }, false],
    ["a wrong word", { log: { level: "verbose" } }, false],
    ["an address without port", { server: { tcp_addr: "localhost" } }, false],
  ] as const
) {
  Deno.test(`generatedFiles: the JSON Schema ${valid ? "takes" : "refuses"} ${what}`, () => {
    assert.equal(schema.safeParse(value).success, valid);
  });
}
