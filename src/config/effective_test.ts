import assert from "#assert";
import { effectiveKeys } from "./effective.ts";
import { loadConfig } from "./load.ts";
import { keyPaths } from "./schema.ts";

Deno.test("effectiveKeys: every key has its value as written, and where it comes from", async () => {
  const loaded = await loadConfig({
    file: "my.yaml",
    env: { TIDEMQ_LOG__LEVEL: "debug" },
    set: ["server.tcp_enabled=false"],
    readTextFile: () => Promise.resolve("broker:\n  max_message_size: 256KiB\n"),
  });
  const keys = effectiveKeys(loaded);
  assert.deepEqual(keys.map(({ key }) => key), [...keyPaths.keys()]);
  const of = (wanted: string) => {
    const { value, source } = keys.find(({ key }) => key === wanted)!;
    return [value, source];
  };
  assert.deepEqual(of("broker.max_message_size"), ["256KiB", "my.yaml:2"]);
  assert.deepEqual(of("log.level"), ["debug", "TIDEMQ_LOG__LEVEL"]);
  assert.deepEqual(of("server.tcp_enabled"), [false, "--set"]);
  assert.deepEqual(of("broker.receive_maximum"), [1024, "default"]);
  assert.deepEqual(of("broker.protocol_versions"), [["3.1", "3.1.1", "5.0"], "default"]);
  assert.deepEqual(of("admin.password_file"), [null, "default"]);
});

Deno.test("effectiveKeys: no key takes a secret itself, only a file with it", () => {
  for (const key of keyPaths.keys()) {
    if (/password|secret|token|private/.test(key)) assert.match(key, /_file$/);
  }
});
