import assert from "#assert";
import fc from "fast-check";
import { configFrom, loadConfig, type LoadedConfig, type LoadOptions } from "./load.ts";
import { ConfigError, type ConfigProblem, formatSource } from "./problem.ts";
import { configSchema } from "./schema.ts";

type Given = Partial<Omit<LoadOptions, "file" | "readTextFile">> & { yaml?: string };

function load({ yaml, env = {}, ...more }: Given): Promise<LoadedConfig> {
  return loadConfig({
    file: yaml === undefined ? undefined : "t.yaml",
    env,
    ...more,
    readTextFile: () => Promise.resolve(yaml!),
  });
}

async function problemsOf(given: Given): Promise<readonly ConfigProblem[]> {
  try {
    await load(given);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** `line:column path: message` of every problem. */
async function report(given: Given): Promise<string[]> {
  return (await problemsOf(given)).map(({ path, line, column, source, message }) =>
    `${line === undefined ? formatSource(source) : `${line}:${column}`} ${path}: ${message}`
  );
}

Deno.test("loadConfig: nothing given is the defaults, each with that source", async () => {
  const { config, sources } = await load({});
  assert.deepEqual(config, configFrom({}));
  assert.deepEqual(config.server.tcpAddr, { hostname: "127.0.0.1", port: 1883 });
  assert.ok([...sources.values()].every(({ kind }) => kind === "default"));
});

for (
  const [what, yaml] of [
    ["an empty file", ""],
    ["comments only", "# nothing\n"],
    ["null", "null"],
    ["a document marker", "---\n"],
    ["a byte order mark", "\ufeff# nothing"],
    ["a section whose keys are commented out", "server:\n  # tcp_addr: x\nlog:\n"],
    ["empty sections", "server: {}\nbroker: {}"],
  ] as const
) {
  Deno.test(`loadConfig: ${what} is the defaults`, async () => {
    assert.deepEqual((await load({ yaml })).config, configFrom({}));
  });
}

Deno.test("loadConfig: a flag wins over the environment, that over the file, that over the default", async () => {
  const yaml = "broker:\n  receive_maximum: 10\n";
  const env = { TIDEMQ_BROKER__RECEIVE_MAXIMUM: "20" };
  const set = ["broker.receive_maximum=30"];
  const value = async (given: Given) => (await load(given)).config.broker.receiveMaximum;
  assert.equal(await value({}), 1024);
  assert.equal(await value({ yaml }), 10);
  assert.equal(await value({ yaml, env }), 20);
  assert.equal(await value({ yaml, env, set }), 30);
  assert.equal(await value({ yaml, env, set, overrides: { broker: { receive_maximum: 40 } } }), 40);
});

Deno.test("loadConfig: tells for each key where its value comes from", async () => {
  const { sources } = await load({
    yaml: "broker:\n  receive_maximum: 10\n  maximum_qos: 1\nsession: {}\n",
    env: { TIDEMQ_BROKER__MAXIMUM_QOS: "0" },
    set: ["log.level=debug"],
    overrides: { log: { format: "json" } },
  });
  const shown = (path: string) => formatSource(sources.get(path)!);
  assert.equal(shown("broker.receive_maximum"), "t.yaml:2");
  assert.equal(shown("broker.maximum_qos"), "TIDEMQ_BROKER__MAXIMUM_QOS");
  assert.equal(shown("broker.retain_available"), "default");
  assert.equal(shown("session.max_sessions"), "default");
  assert.equal(shown("log.level"), "--set");
  assert.equal(shown("log.format"), "override");
});

Deno.test("loadConfig: reports every problem of every source at once, in order, with its place", async () => {
  assert.deepEqual(
    await report({
      yaml: [
        "server:",
        "  tcp_addr: nowhere",
        "  tcp_adr: 127.0.0.1:1883",
        "  tls: { enabled: true }",
        "broker:",
        "  receive_maximum: 0",
        "  receive_maximum: 70000",
        "  protocol_versions: [3.1, 4]",
        "sessoin: {}",
        "log: verbose",
      ].join("\n"),
      env: { TIDEMQ_SESSION__MAX_SESSIONS: "many", TIDEMQ_LOG_LEVEL: "info" },
      set: ["broker.maximum_qos=3"],
    }),
    [
      "2:13 server.tcp_addr: expected an address like 127.0.0.1:1883, [::1]:1883 or :1883, " +
      'got "nowhere"',
      "3:3 server.tcp_adr: unknown key: did you mean server.tcp_addr?",
      "4:3 server.tls: is not supported yet in this version (TLS)",
      "7:3 : receive_maximum is set twice",
      "7:20 broker.receive_maximum: expected a whole number from 1 to 65535, got 70000",
      '8:28 broker.protocol_versions.1: expected "3.1", "3.1.1" or "5.0", got 4 ' +
      '(the protocol level of "3.1.1")',
      "9:1 sessoin: unknown key: did you mean session?",
      "10:6 log: expected a mapping of keys to values",
      "TIDEMQ_LOG_LEVEL : unknown variable: did you mean TIDEMQ_LOG__LEVEL?",
      "TIDEMQ_SESSION__MAX_SESSIONS session.max_sessions: expected a whole number from 1 to " +
      '100000000, got "many"',
      "--set broker.maximum_qos: expected 0, 1 or 2, got 3",
    ],
  );
});

Deno.test("loadConfig: rules between keys are reported beside problems of other keys", async () => {
  const problems = await report({
    yaml: "broker:\n  output_low_water: 512KiB\n  maximum_qos: 7\n",
  });
  assert.equal(problems.length, 2);
  assert.match(problems[0]!, /^2:21 broker.output_low_water: .*must be lower/);
});

Deno.test("loadConfig: a rule between keys is silent while one of them is wrong by itself", async () => {
  const problems = await report({
    yaml: "broker:\n  output_low_water: 512KiB\n  output_high_water: high\n",
  });
  assert.deepEqual(problems.map((line) => line.split(":").slice(0, 2).join(":")), [
    "3:22 broker.output_high_water",
  ]);
});

Deno.test("loadConfig: rules between keys are silent while the file cannot be understood", async () => {
  const problems = await report({
    yaml: "auth: { allow_anonymous: true",
    env: { TIDEMQ_SERVER__TCP_ADDR: ":1883", TIDEMQ_BROKER__MAXIMUM_QOS: "3" },
  });
  assert.equal(problems.length, 2, problems.join("\n"));
  assert.match(problems[0]!, /^1:\d+ /);
  assert.match(problems[1]!, /^TIDEMQ_BROKER__MAXIMUM_QOS /);
});

Deno.test("ConfigError: what a file contains cannot begin a line or reach the terminal", async () => {
  const yaml = '"a\\n\\e[31mb": 1\nlog: { level: "x\\r\\x9by" }';
  await assert.rejects(load({ yaml }), (error: Error) => {
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(error.message.replaceAll("\n  ", ""), /[\x00-\x1f\x7f-\x9f]/);
    return true;
  });
});

Deno.test("loadConfig: a file that cannot be read is one problem that says why", async () => {
  for (
    const [error, why] of [
      [Object.assign(new Error("x"), { code: "ENOENT" }), "there is no such file"],
      [Object.assign(new Error("x"), { code: "EACCES" }), "no permission"],
      [Object.assign(new Error("x"), { code: "EISDIR" }), "it is a directory"],
      [new Error("it is not UTF-8 text"), "it is not UTF-8 text"],
    ] as const
  ) {
    await assert.rejects(
      loadConfig({ file: "gone.yaml", env: {}, readTextFile: () => Promise.reject(error) }),
      { name: "ConfigError", message: `gone.yaml: cannot be read: ${why}` },
    );
  }
});

Deno.test("loadConfig: an environment variable is YAML, and plain text where the key takes text", async () => {
  const { config } = await load({
    env: {
      TIDEMQ_SERVER__TCP_ADDR: "[::1]:1883",
      TIDEMQ_SERVER__WS_ENABLED: "false",
      TIDEMQ_BROKER__PROTOCOL_VERSIONS: "[3.1.1, 5.0]",
      TIDEMQ_BROKER__MAX_MESSAGE_SIZE: "2MiB",
      TIDEMQ_BROKER__SYS_INTERVAL: "0",
      TIDEMQ_LOG__LEVEL: "warn",
      PATH: "/bin",
    },
  });
  assert.deepEqual(config.server.tcpAddr, { hostname: "::1", port: 1883 });
  assert.equal(config.server.wsEnabled, false);
  assert.deepEqual(config.broker.protocolVersions, [4, 5]);
  assert.equal(config.broker.maxMessageSizeBytes, 2 ** 21);
  assert.equal(config.broker.sysIntervalMs, 0);
  assert.equal(config.log.level, "warn");
});

for (
  const [name, value, problem] of [
    ["TIDEMQ_BROKER__MAXIMUM_QOS", "", "has no value"],
    ["TIDEMQ_LOG__LEVEL", "", "has no value"],
    ["TIDEMQ_BROKER__MAXIMUM_QOS", "[", "is no YAML value"],
    ["TIDEMQ_BROKER__MAXIMUM_QOS", "*x", "is no YAML value"],
    ["TIDEMQ_BROKER__MAXIMUM_QOS", "{a: 1}", "got a mapping"],
    ["TIDEMQ_BROKER__MAXIMUM_QOS", "[1]", "got a list"],
    ["TIDEMQ_BROKER__MAXIMUM_QOZ", "1", "did you mean TIDEMQ_BROKER__MAXIMUM_QOS?"],
    ["TIDEMQ_CLUSTER__ENABLED", "true", "is not supported yet in this version (clustering)"],
    ["TIDEMQ_SERVER__TLS__ENABLED", "true", "is not supported yet in this version (TLS)"],
    ["TIDEMQ_STORAGE__TYPE", "badger", "leveldb"],
    ["TIDEMQ_", "1", "unknown variable"],
    ["TIDEMQ_SERVER", "{}", "unknown variable"],
    ["TIDEMQ_FROBNICATE_ALL_THE_THINGS", "1", "unknown variable"],
  ] as const
) {
  Deno.test(`loadConfig: ${name}=${value} is refused, and the problem names the variable`, async () => {
    const problems = await problemsOf({ env: { [name]: value } });
    assert.equal(problems.length, 1);
    assert.deepEqual(problems[0]!.source, { kind: "env", variable: name });
    assert.ok(problems[0]!.message.includes(problem), problems[0]!.message);
  });
}

Deno.test("loadConfig: a flag that sets nothing known is refused", async () => {
  assert.deepEqual(await report({ set: ["log.levl=info", "log.level", "nonsense"] }), [
    "--set log.levl: unknown key: did you mean log.level?",
    "--set nonsense: unknown key",
    "--set log.level: has no value: give one, or remove the key",
  ]);
});

Deno.test("loadConfig: a value of a flag may contain an equals sign", async () => {
  assert.match((await report({ set: ["server.ws_path=/a=b"] }))[0]!, /got "\/a=b"/);
});

Deno.test("configFrom: throws on an unknown key of a program as well", () => {
  assert.throws(
    () => configFrom({ server: { tcp_adr: ":1" } } as unknown as Parameters<typeof configFrom>[0]),
    { name: "ConfigError", message: /override: server.tcp_adr: unknown key/ },
  );
});

Deno.test("configFrom: leaves out what is undefined", () => {
  const input = { server: { tcp_addr: undefined } } as unknown as Parameters<typeof configFrom>[0];
  assert.deepEqual(configFrom(input), configFrom({}));
});

Deno.test("ConfigError: one problem is one line, several are a heading and a line each", () => {
  const problem = { path: "a.b", source: { kind: "default" }, message: "is wrong" } as const;
  const one = new ConfigError([{ ...problem, source: { kind: "env", variable: "X" } }]);
  assert.equal(one.message, "X: a.b: is wrong");
  const two = new ConfigError([
    { ...problem, source: { kind: "file", file: "f" }, line: 2, column: 3 },
    { ...problem, path: "", source: { kind: "flag", flag: "--set" } },
  ]);
  assert.equal(
    two.message,
    "2 problems in the configuration\n  f:2:3: a.b: is wrong\n  --set: is wrong",
  );
});

Deno.test("loadConfig: whatever the file holds, it loads or rejects with ConfigError", async () => {
  const keys = Object.keys(configSchema.shape).concat("tcp_addr", "__proto__", "constructor", "x");
  const leaf = fc.oneof(
    fc.constantFrom(null, true, 0, -1, 1.5, "", "7d", "never", "1MiB", ":1", [], {}, [[]]),
    fc.string(),
    fc.double(),
  );
  const tree = fc.dictionary(
    fc.constantFrom(...keys),
    fc.oneof(leaf, fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), leaf)),
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(tree.map((t) => JSON.stringify(t)), fc.string()), async (yaml) => {
      await problemsOf({ yaml });
    }),
    { numRuns: 500 },
  );
});

Deno.test("loadConfig: keys cannot reach a prototype", async () => {
  const problems = await report({ yaml: "__proto__:\n  polluted: 1\nserver:\n  __proto__: {}\n" });
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  assert.equal(problems.length, 2);
});
