import assert from "#assert";
import { sleep } from "../base/clock.ts";
import type { Config } from "../config/config.ts";
import { ListenError } from "../transport/errors.ts";
import { runCli } from "./cli.ts";
import { FakeSystem } from "./fake_system.ts";
import type { StartServer } from "./start.ts";
import { PASSED_ON_MS } from "./stop.ts";
import type { StopSignal } from "./system.ts";

/** A server that says when it is closed; `close` says how that goes. */
class FakeServer {
  readonly addresses = [{ name: "tcp", address: "127.0.0.1:4711" }];
  storageDamage: readonly string[] = [];
  readonly firstCredentials = undefined;
  configs: Config[] = [];
  closes = 0;

  constructor(readonly onClose: () => Promise<void> = () => Promise.resolve()) {}

  readonly start: StartServer = (config, { logger }) => {
    this.configs.push(config);
    logger.debug("started by the fake");
    return Promise.resolve(this);
  };

  close(): Promise<void> {
    this.closes++;
    return this.onClose();
  }
}

/** Lets everything run that needs no time. */
function settled(system: FakeSystem): Promise<void> {
  return system.clock.advance(0);
}

Deno.test("start: passes the configuration on, prints the banner, and ends with its last line", async () => {
  const system = new FakeSystem();
  system.files.set("my.yaml", "session:\n  max_sessions: 7\n");
  const server = new FakeServer();
  const running = runCli(["--config", "my.yaml", "--set", "log.level=debug"], system, server.start);
  await settled(system);
  assert.equal(server.configs[0]!.session.maxSessions, 7);
  assert.match(system.out, /mqtt:\/\/127\.0\.0\.1:4711\n/);
  assert.match(system.out, /\nready\n$/);
  assert.match(system.err, /DEBUG started by the fake\n/);
  system.signal("SIGTERM");
  await running;
});

Deno.test("start: says in the banner what the storage has lost", async () => {
  const system = new FakeSystem();
  const server = new FakeServer();
  server.storageDamage = ["000004.log at byte 8: a record whose checksum is wrong", "a copy"];
  const running = runCli([], system, server.start);
  await settled(system);
  assert.match(system.out, /\n {2}DAMAGED {4}000004\.log at byte 8: [^\n]*\n {13}a copy\n/);
  system.signal("SIGTERM");
  await running;
});

Deno.test("start: is the command when none is named", async () => {
  for (const args of [[], ["start"], ["--set", "log.level=warn"]]) {
    const system = new FakeSystem();
    const server = new FakeServer();
    const running = runCli(args, system, server.start);
    await settled(system);
    system.signal("SIGINT");
    assert.equal(await running, 0);
    assert.equal(server.configs.length, 1);
  }
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`start: ${signal} closes the server once, then the exit code is 0`, async () => {
    const system = new FakeSystem();
    const server = new FakeServer(() => sleep(system.clock, 5000));
    const running = runCli([], system, server.start);
    await settled(system);
    assert.equal(server.closes, 0);
    system.signal(signal);
    await system.clock.advance(5000);
    assert.equal(await running, 0);
    assert.equal(server.closes, 1);
    assert.deepEqual(system.exits, []);
    assert.match(system.err, new RegExp(`INFO  stopping signal=${signal}\n.*INFO  stopped\n`));
  });
}

for (
  const [first, second, code] of [
    ["SIGTERM", "SIGTERM", 143],
    ["SIGTERM", "SIGINT", 130],
    ["SIGINT", "SIGINT", 130],
    ["SIGINT", "SIGTERM", 143],
  ] as const satisfies [StopSignal, StopSignal, number][]
) {
  Deno.test(`start: ${second} after ${first} exits at once with code ${code}`, async () => {
    const system = new FakeSystem();
    const server = new FakeServer(() => sleep(system.clock, 5000));
    const running = runCli([], system, server.start);
    await settled(system);
    system.signal(first);
    await system.clock.advance(PASSED_ON_MS);
    system.signal(second);
    assert.deepEqual(system.exits, [code]);
    await system.clock.advance(5000);
    await running;
  });
}

Deno.test("start: the same signal again at once is one that was passed on, another is a second", async () => {
  const system = new FakeSystem();
  const server = new FakeServer(() => sleep(system.clock, 5000));
  const running = runCli([], system, server.start);
  await settled(system);
  system.signal("SIGINT");
  system.signal("SIGINT");
  await system.clock.advance(PASSED_ON_MS - 1);
  system.signal("SIGINT");
  assert.deepEqual(system.exits, []);
  system.signal("SIGTERM");
  assert.deepEqual(system.exits, [143]);
  await system.clock.advance(5000);
  await running;
});

Deno.test("start: a signal during the start is kept until the server can be closed", async () => {
  const system = new FakeSystem();
  const server = new FakeServer();
  const running = runCli([], system, async (config, deps) => {
    await sleep(system.clock, 100);
    return server.start(config, deps);
  });
  await settled(system);
  system.signal("SIGTERM");
  await system.clock.advance(100);
  assert.equal(await running, 0);
  assert.equal(server.closes, 1);
});

Deno.test("start: a server that is not closed within shutdown_timeout is given up with exit code 1", async () => {
  const system = new FakeSystem();
  const server = new FakeServer(() => new Promise(() => {}));
  const running = runCli(["--set", "server.shutdown_timeout=2s"], system, server.start);
  await settled(system);
  system.signal("SIGTERM");
  await system.clock.advance(1999);
  assert.doesNotMatch(system.err, /giving up/);
  await system.clock.advance(1);
  assert.equal(await running, 1);
  assert.match(system.err, /ERROR not stopped within server.shutdown_timeout.* timeoutMs=2000\n$/);
});

Deno.test("start: a server that fails to close is logged with its stack, exit code 1", async () => {
  const system = new FakeSystem();
  const server = new FakeServer(() => Promise.reject(new Error("stuck")));
  const running = runCli([], system, server.start);
  await settled(system);
  system.signal("SIGTERM");
  assert.equal(await running, 1);
  assert.match(system.err, /ERROR could not stop in order\n {4}Error: stuck\n {4}at /);
});

Deno.test("start: leaves no handler and no timer behind", async () => {
  const system = new FakeSystem();
  const running = runCli([], system, new FakeServer().start);
  await settled(system);
  assert.equal(system.signalHandlers.size, 1);
  assert.equal(system.uncaughtHandlers.size, 1);
  system.signal("SIGTERM");
  await running;
  assert.equal(system.signalHandlers.size, 0);
  assert.equal(system.uncaughtHandlers.size, 0);
  assert.equal(system.clock.pending, 0);
});

for (
  const error of [
    new ListenError("127.0.0.1:1883", Object.assign(new Error("x"), { code: "EADDRINUSE" })),
    new Error("cannot listen", { cause: new Deno.errors.AddrInUse("in use") }),
    Object.assign(new Error("cannot listen"), { code: "EACCES" }),
    Object.assign(new Error("a stored will cannot be read"), { name: "RecordError" }),
  ]
) {
  Deno.test(`start: "${error.message}" is one line and exit code 1`, async () => {
    const system = new FakeSystem();
    assert.equal(await runCli([], system, () => Promise.reject(error)), 1);
    assert.equal(system.err, `tidemq: ${error.message}\n`);
    assert.equal(system.out, "");
    assert.equal(system.signalHandlers.size, 0);
  });
}

Deno.test("start: any other error at the start is shown as our bug, with its stack", async () => {
  const system = new FakeSystem();
  assert.equal(await runCli([], system, () => Promise.reject(new TypeError("oops"))), 1);
  assert.match(
    system.err,
    /^tidemq: cannot start; this is a bug of TideMQ\nTypeError: oops\n {4}at /,
  );
});

Deno.test("start: an error that nothing caught is logged with its stack and ends the process", async () => {
  const system = new FakeSystem();
  const server = new FakeServer();
  const running = runCli(["--set", "log.format=json"], system, server.start);
  await settled(system);
  for (const handler of system.uncaughtHandlers) handler(new RangeError("lost"));
  assert.deepEqual(system.exits, [1]);
  const entry = JSON.parse(system.err);
  assert.deepEqual([entry.level, entry.text], ["error", "uncaught error: this is a bug of TideMQ"]);
  assert.match(entry.stack, /^RangeError: lost\n/);
  for (const handler of system.uncaughtHandlers) handler("just text");
  assert.match(system.err, /just text/);
  system.signal("SIGTERM");
  await running;
});
