import assert from "#assert";
import { configFrom, loadConfig } from "./load.ts";

const root = new URL("../../", import.meta.url);

interface Example {
  readonly name: string;
  readonly yaml: string;
}

function load({ name, yaml }: Example) {
  return loadConfig({ file: name, env: {}, readTextFile: () => Promise.resolve(yaml) });
}

async function shippedExamples(): Promise<Example[]> {
  const examples: Example[] = [];
  for await (const { name } of Deno.readDir(new URL("config/", root))) {
    if (!/\.ya?ml$/.test(name)) continue;
    examples.push({ name, yaml: await Deno.readTextFile(new URL(`config/${name}`, root)) });
  }
  return examples;
}

/**
 * Every block of a document that is fenced as exactly `yaml`. YAML that is no configuration of the
 * broker is fenced as `yml`.
 */
async function documentedExamples(): Promise<Example[]> {
  const examples: Example[] = [];
  for (const path of await markdownFiles()) {
    const text = await Deno.readTextFile(new URL(path, root));
    for (const match of text.matchAll(/^```yaml\n(.*?)^```$/gms)) {
      const line = text.slice(0, match.index).split("\n").length + 1;
      examples.push({ name: `${path}, line ${line}`, yaml: match[1]! });
    }
  }
  return examples;
}

/** The documents at the root and everything below `docs`. */
async function markdownFiles(): Promise<string[]> {
  const files: string[] = [];
  const folders = ["", "docs/"];
  for (const folder of folders) {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
      if (isDirectory && folder !== "") folders.push(`${folder}${name}/`);
      if (name.endsWith(".md")) files.push(folder + name);
    }
  }
  return files.sort();
}

for (const example of [...await shippedExamples(), ...await documentedExamples()]) {
  Deno.test(`loadConfig: the example in ${example.name} loads`, async () => {
    await load(example);
  });
}

Deno.test("loadConfig: the examples were found", async () => {
  assert.ok((await shippedExamples()).length >= 2);
  assert.ok((await documentedExamples()).length >= 1);
});

Deno.test("config/tidemq.yaml: says nothing but the defaults", async () => {
  const yaml = await Deno.readTextFile(new URL("config/tidemq.yaml", root));
  const { config, sources } = await load({ name: "tidemq.yaml", yaml });
  assert.deepEqual(config, configFrom({}));
  const left = [...sources].filter(([, { kind }]) => kind === "default").map(([path]) => path);
  assert.deepEqual(left, [
    "server.health_addr",
    "auth.allow_anonymous",
    "admin.password_file",
  ]);
});

Deno.test("config/tidemq.yaml: the keys that it leaves out load when their comment is removed", async () => {
  const yaml = await Deno.readTextFile(new URL("config/tidemq.yaml", root));
  const uncommented = yaml.replace(
    /^( *)# ( *\w+: .*)$/gm,
    (line, indent, rest) => /^ *(health_addr|allow_anonymous):/.test(rest) ? indent + rest : line,
  );
  const { config } = await load({ name: "tidemq.yaml", yaml: uncommented });
  assert.equal(config.server.healthAddr.port, 8081);
  assert.equal(config.auth.allowAnonymous, true);
});
