import assert from "#assert";
import { VERSION } from "../base/version.ts";
import { runCli } from "./cli.ts";
import { FakeSystem } from "./fake_system.ts";
import type { StartServer } from "./start.ts";

const neverStarts: StartServer = () => Promise.reject(new Error("started"));

async function run(line: string, system = new FakeSystem()) {
  const args = line.split(" ").filter((arg) => arg !== "");
  const code = await runCli(args, system, neverStarts);
  return { code, out: system.out, err: system.err };
}

for (const line of ["--version", "-V", "start --version"]) {
  Deno.test(`runCli: ${line} prints the version`, async () => {
    assert.deepEqual(await run(line), { code: 0, out: `tidemq ${VERSION}\n`, err: "" });
  });
}

for (const line of ["--help", "-h", "help", "--config x --help"]) {
  Deno.test(`runCli: ${line} prints the help of the program`, async () => {
    const { code, out, err } = await run(line);
    assert.deepEqual([code, err], [0, ""]);
    for (const word of ["Usage: tidemq", "start ", "check-config ", "--version"]) {
      assert.ok(out.includes(word), word);
    }
  });
}

for (
  const [line, words] of [
    ["start --help", [
      "Usage: tidemq start [OPTIONS]",
      "--config FILE",
      "--set KEY=VALUE",
      "Exit codes",
    ]],
    ["start -h", ["Usage: tidemq start"]],
    ["help start", ["Usage: tidemq start"]],
    ["check-config --help", ["Usage: tidemq check-config [FILE] [OPTIONS]", "TIDEMQ_"]],
    ["help check-config", ["Usage: tidemq check-config"]],
  ] as const
) {
  Deno.test(`runCli: ${line} prints the help of the command`, async () => {
    const { code, out, err } = await run(line);
    assert.deepEqual([code, err], [0, ""]);
    for (const word of words) assert.ok(out.includes(word), word);
  });
}

Deno.test("runCli: no line of a help is longer than 100", async () => {
  const commands = [
    "start",
    "check-config",
    "storage check",
    "storage repair",
    "backup",
    "restore",
    "admin reset-password",
  ];
  for (const line of ["--help", ...commands.map((name) => `${name} --help`)]) {
    for (const text of (await run(line)).out.split("\n")) assert.ok(text.length <= 100, text);
  }
});

for (
  const [line, message] of [
    ["strat", "unknown command strat: did you mean start?"],
    ["checkconfig", "unknown command checkconfig: did you mean check-config?"],
    ["frobnicate", "unknown command frobnicate"],
    ["help strat", "unknown command strat: did you mean start?"],
    ["--confg x", "unknown option --confg: did you mean --config?"],
    ["start --versoin", "unknown option --versoin: did you mean --version?"],
    ["start more", "unexpected argument more"],
    ["constructor", "unknown command constructor"],
    ["a\x1b[31m", "unknown command a\\u001b[31m"],
  ] as const
) {
  Deno.test(`runCli: ${JSON.stringify(line)} is one clear line and exit code 1`, async () => {
    const { code, out, err } = await run(line);
    assert.deepEqual([code, out], [1, ""]);
    assert.equal(err, `tidemq: ${message} (tidemq --help shows the usage)\n`);
  });
}

Deno.test("runCli: a missing file is one clear line and exit code 1", async () => {
  const expected = {
    code: 1,
    out: "",
    err: "tidemq: gone.yaml: cannot be read: there is no such file\n",
  };
  assert.deepEqual(await run("--config gone.yaml"), expected);
  assert.deepEqual(await run("start -c gone.yaml"), expected);
  assert.deepEqual(await run("check-config gone.yaml"), expected);
});

Deno.test("runCli: check-config prints ok and what differs from the defaults, with its source", async () => {
  const system = new FakeSystem();
  system.files.set(
    "my.yaml",
    "server:\n  tcp_addr: 127.0.0.1:1884\n  tcp_enabled: true\nbroker:\n  protocol_versions: [5.0]\n",
  );
  system.env = { TIDEMQ_LOG__FORMAT: "json" };
  assert.deepEqual(await run("check-config my.yaml --set log.level=debug", system), {
    code: 0,
    out: [
      "ok",
      "  server.tcp_addr: 127.0.0.1:1884  (my.yaml:2)",
      "  broker.protocol_versions: [5]  (my.yaml:5)",
      "  log.level: debug  (--set)",
      "  log.format: json  (TIDEMQ_LOG__FORMAT)",
      "",
    ].join("\n"),
    err: "",
  });
});

Deno.test("runCli: check-config without a file checks the environment", async () => {
  const system = new FakeSystem();
  assert.deepEqual(await run("check-config", system), { code: 0, out: "ok\n", err: "" });
  system.env = { TIDEMQ_LOG__LEVEL: "loud" };
  const { code, err } = await run("check-config", system);
  assert.equal(code, 1);
  assert.match(err, /^tidemq: TIDEMQ_LOG__LEVEL: log.level: expected debug, info, warn or error/);
});

Deno.test("runCli: check-config prints all problems", async () => {
  const system = new FakeSystem();
  system.files.set("bad.yaml", "server:\n  tcp_adr: x\nlog:\n  level: inof\n");
  assert.deepEqual(await run("check-config bad.yaml", system), {
    code: 1,
    out: "",
    err: "tidemq: 2 problems in the configuration\n" +
      "  bad.yaml:2:3: server.tcp_adr: unknown key: did you mean server.tcp_addr?\n" +
      '  bad.yaml:4:10: log.level: expected debug, info, warn or error, got "inof" ' +
      "(did you mean info?)\n",
  });
});

Deno.test("runCli: a broker that nobody could reach is refused", async () => {
  for (const command of ["start", "check-config"]) {
    const { code, err } = await run(
      `${command} --set server.tcp_enabled=false --set server.ws_enabled=false`,
    );
    assert.equal(code, 1);
    assert.match(err, /^tidemq: --set: server.tcp_enabled: no MQTT listener is enabled/);
  }
});
