/** How the real command starts, or says why it does not. */
import assert from "#assert";
import { type Ended, Program } from "../support/program.ts";
import { RawClient } from "../support/raw_client.ts";
import { FREE_PORTS_ENV, freePort, RealBroker } from "../support/real_broker.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** `deno task start` with arguments, until it ends by itself. */
async function failedStart(
  args: readonly string[],
  env: Readonly<Record<string, string>> = FREE_PORTS_ENV,
): Promise<Ended> {
  await using program = new Program(Deno.execPath(), {
    args: ["task", "--quiet", "start", ...args],
    cwd: ROOT,
    env,
    group: true,
  });
  return await program.ended();
}

Deno.test("start: each address in use is one line and exit code 1", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${listener.addr.port}`;
  for (const key of ["tcp_addr", "ws_addr", "http_addr", "health_addr"]) {
    const ended = await failedStart(["--set", `server.${key}=${address}`]);
    assert.deepEqual([ended.code, ended.out], [1, ""]);
    assert.equal(
      ended.err,
      `tidemq: cannot listen on ${address}: the address is in use by another process\n`,
    );
  }
});

Deno.test("start: a configuration that is missing or wrong is told in lines, exit code 1", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const missing = await failedStart(["--config", `${folder}/gone.yaml`]);
    assert.deepEqual(missing, {
      code: 1,
      signal: null,
      out: "",
      err: `tidemq: ${folder}/gone.yaml: cannot be read: there is no such file\n`,
    });
    const file = `${folder}/wrong.yaml`;
    await Deno.writeTextFile(file, "server:\n  tcp_adr: :1884\nbroker:\n  maximum_qos: 3\n");
    const wrong = await failedStart(["--config", file]);
    assert.deepEqual([wrong.code, wrong.out], [1, ""]);
    const [title, ...problems] = wrong.err.trimEnd().split("\n");
    assert.match(title!, /^tidemq: 2 problems in the configuration$/);
    assert.match(problems[0]!, /wrong\.yaml:2:3: server\.tcp_adr: .*did you mean .*tcp_addr/);
    assert.match(problems[1]!, /wrong\.yaml:4:\d+: broker\.maximum_qos: /);
    assert.equal(problems.length, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("start: what other machines can reach needs authentication or an explicit word", async () => {
  for (const key of ["tcp_addr", "ws_addr", "http_addr"]) {
    for (const host of ["", "0.0.0.0", "[::]"]) {
      const { code, out, err } = await failedStart(["--set", `server.${key}=${host}:0`]);
      assert.deepEqual([code, out], [1, ""], `${key} on ${host}`);
      assert.match(err, /^tidemq: .*can be reached from other machines.*allow_anonymous: true/);
      assert.equal(err.trimEnd().split("\n").length, 1, err);
    }
  }
});

Deno.test("start: with the explicit word it serves every interface, and says so", async () => {
  await using broker = await RealBroker.start({
    config: { server: { tcp_addr: ":0" }, auth: { allow_anonymous: true } },
  });
  assert.match(broker.program.out.all.join("\n"), /mqtt:\/\/127\.0\.0\.1:\d+ \(all interfaces\)/);
  for (const host of ["127.0.0.1", "127.0.0.2"]) {
    await using client = await RawClient.connectTcp(`${host}:${broker.port}`);
    await client.connect();
  }
});

Deno.test("start: without a configuration it binds to 127.0.0.1, ports 1883, 8083 and 8080", async () => {
  await using program = new Program(Deno.execPath(), {
    args: ["task", "--quiet", "start"],
    cwd: ROOT,
    group: true,
  });
  if (!await program.outputs(/^ready$/)) {
    // Somebody on this machine has one of the ports: the line names it.
    const { err } = await program.ended();
    assert.match(err, /^tidemq: cannot listen on 127\.0\.0\.1:(1883|8083|8080): /);
    return;
  }
  const banner = program.out.all.join("\n");
  for (
    const url of [
      "mqtt://127.0.0.1:1883",
      "ws://127.0.0.1:8083/mqtt",
      "ws://127.0.0.1:8080/mqtt",
      "http://127.0.0.1:8080/ready",
    ]
  ) assert.ok(banner.includes(`${url}\n`), banner);
  for (const port of [1883, 8083, 8080]) {
    // All of 127/8 is this machine, so this is an interface that it does not listen on.
    await assert.rejects(
      Deno.connect({ hostname: "127.0.0.2", port }),
      Deno.errors.ConnectionRefused,
    );
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
  }
  program.signal("SIGTERM");
  await program.succeeds();
});

Deno.test("start: --set wins over the environment, the environment over the file", async () => {
  const started = (options: { env?: Record<string, string>; args?: string[] }) =>
    RealBroker.start({ config: { broker: { receive_maximum: 11 } }, ...options });
  const env = { TIDEMQ_BROKER__RECEIVE_MAXIMUM: "22" };
  const args = ["--set", "broker.receive_maximum=33"];
  for (
    const [options, expected] of [[{}, 11], [{ env }, 22], [{ env, args }, 33]] as const
  ) {
    await using broker = await started({ ...options, args: [...("args" in options ? args : [])] });
    await using client = await RawClient.connectTcp(broker.address);
    const { properties } = await client.connect();
    assert.equal(properties?.receiveMaximum, expected);
  }
});

Deno.test("start: --help and --version answer without starting anything", async () => {
  const help = await failedStart(["--help"]);
  assert.deepEqual([help.code, help.err], [0, ""]);
  assert.match(help.out, /--config/);
  const version = await failedStart(["--version"]);
  assert.deepEqual([version.code, version.err], [0, ""]);
  assert.match(version.out, /^tidemq \d+\.\d+\.\d+\n$/);
});

Deno.test("start: each listener can be left out", async () => {
  for (
    const [key, left] of [
      ["tcp_enabled", ["ws", "ws", "/health", "/", "/api/v1/docs"]],
      ["ws_enabled", ["mqtt", "/health", "/", "/api/v1/docs"]],
      ["http_enabled", ["mqtt", "ws", "/health"]],
      ["health_enabled", ["mqtt", "ws", "ws", "/", "/api/v1/docs"]],
    ] as const
  ) {
    const health = { health_addr: "127.0.0.1:0" };
    const server = { [key]: false, ...(key === "http_enabled" && health) };
    const config = { admin: { enabled: true }, server };
    await using broker = await RealBroker.start({ config });
    const urls = broker.program.out.all.join("\n").match(/(mqtt|ws|http):\/\/\S+/g) ?? [];
    const listeners = urls.filter((url) => !url.endsWith("/ready"));
    const shown = listeners.map((url) => url.replace(/^http:\/\/[^/]+|:.*$/g, ""));
    assert.deepEqual(shown, left, key);
  }
});

Deno.test("start: an extra health_addr serves nothing but health", async () => {
  const address = `127.0.0.1:${freePort()}`;
  await using broker = await RealBroker.start({ config: { server: { health_addr: address } } });
  assert.equal(broker.http, `http://${address}`);
  for (const path of ["/health", "/ready"] as const) {
    assert.equal((await broker.probe(path)).status, 200);
  }
  for (const [url, status] of [[broker.http, 404], [httpOf(broker.webSockets[1]!), 426]] as const) {
    const response = await fetch(`${url}/mqtt`);
    await response.body?.cancel();
    assert.equal(response.status, status, url);
  }
  for (const path of ["/health", "/ready", "/cluster/status"]) {
    const elsewhere = await fetch(`${httpOf(broker.webSockets[1]!)}${path}`);
    await elsewhere.body?.cancel();
    assert.equal(elsewhere.status, 200, path);
  }
});

function httpOf(webSocket: string): string {
  return `http://${new URL(webSocket).host}`;
}
