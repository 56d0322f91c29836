import assert from "#assert";
import { VERSION } from "./src/base/version.ts";
import { READY_LINE } from "./src/cli/banner.ts";

/** The command as the tasks of the repository run it. */
const PERMISSIONS = ["--no-prompt", "--allow-net", "--allow-read", "--allow-env"];
/** What lets several brokers run beside each other. */
const APART = ["server.tcp_addr", "server.ws_addr", "server.http_addr"]
  .flatMap((key) => ["--set", `${key}=127.0.0.1:0`]).concat("--set", "storage.type=memory");

/** CONNECT of MQTT 5.0: clean start, keep alive 0, client id "a". */
const CONNECT = new Uint8Array([
  ...[0x10, 14, 0, 4, 0x4d, 0x51, 0x54, 0x54, 5, 2, 0, 0],
  ...[0, 0, 1, 0x61],
]);

function tidemq(args: readonly string[], env: Record<string, string> = {}): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...PERMISSIONS, "main.ts", ...args],
    cwd: import.meta.dirname!,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await tidemq(args, env).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** A started broker; ended at the latest when disposed. */
class Started implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #err: Promise<string>;
  banner = "";

  constructor(args: readonly string[]) {
    this.#process = tidemq(args).spawn();
    this.#reader = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#err = new Response(this.#process.stderr).text();
  }

  async ready(): Promise<this> {
    while (!this.banner.endsWith(`\n${READY_LINE}\n`)) {
      const { value, done } = await this.#reader.read();
      assert.ok(!done, `ended before it was ready:\n${this.banner}${done ? await this.#err : ""}`);
      this.banner += value;
    }
    return this;
  }

  get tcpPort(): number {
    return Number(/mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(this.banner)![1]);
  }

  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  async ended(): Promise<{ code: number; err: string }> {
    while (!(await this.#reader.read()).done);
    const { code } = await this.#process.status;
    return { code, err: await this.#err };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.ended();
  }
}

Deno.test("tidemq --version prints name and version", async () => {
  assert.deepEqual(await run(["--version"]), { code: 0, out: `tidemq ${VERSION}\n`, err: "" });
});

Deno.test("tidemq --help prints the usage", async () => {
  const { code, out, err } = await run(["--help"]);
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /^TideMQ .*\n\nUsage: tidemq /);
});

Deno.test("tidemq --confg: one line and exit code 1", async () => {
  assert.deepEqual(await run(["--confg", "x"]), {
    code: 1,
    out: "",
    err: "tidemq: unknown option --confg: did you mean --config? (tidemq --help shows the usage)\n",
  });
});

Deno.test("tidemq check-config: the shipped examples are ok", async () => {
  for (const file of ["config/tidemq.yaml", "config/minimal.yaml"]) {
    const { code, out, err } = await run(["check-config", file]);
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^ok\n/);
  }
});

Deno.test("tidemq check-config: a file that is no configuration fails with its problems", async () => {
  const { code, out, err } = await run(["check-config", "deno.json"]);
  assert.deepEqual([code, out], [1, ""]);
  assert.match(
    err,
    /^tidemq: \d+ problems in the configuration\n {2}deno\.json:2:3: name: unknown key/,
  );
});

for (
  const [what, file, message] of [
    ["missing", "gone.yaml", "there is no such file"],
    ["a directory", "src", "it is a directory"],
  ] as const
) {
  Deno.test(`tidemq start: a file that is ${what} is one line and exit code 1`, async () => {
    assert.deepEqual(await run(["--config", file]), {
      code: 1,
      out: "",
      err: `tidemq: ${file}: cannot be read: ${message}\n`,
    });
  });
}

Deno.test("tidemq start: a file that is no UTF-8 is one line and exit code 1", async () => {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeFile(file, new Uint8Array([0xff, 0xfe, 0x61, 0]));
    const { code, err } = await run(["--config", file]);
    assert.deepEqual([code, err], [1, `tidemq: ${file}: cannot be read: it is not UTF-8 text\n`]);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("tidemq start: a wrong variable of the environment is one line and exit code 1", async () => {
  const { code, err } = await run([], { TIDEMQ_SERVER_TCP_ADDR: ":1" });
  assert.deepEqual([code, err], [
    1,
    "tidemq: TIDEMQ_SERVER_TCP_ADDR: unknown variable: did you mean TIDEMQ_SERVER__TCP_ADDR?\n",
  ]);
});

Deno.test("tidemq start: a port in use is one line and exit code 1", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${(taken.addr as Deno.NetAddr).port}`;
  const { code, out, err } = await run([...APART, "--set", `server.tcp_addr=${address}`]);
  assert.deepEqual([code, out], [1, ""]);
  assert.equal(
    err,
    `tidemq: cannot listen on ${address}: the address is in use by another process\n`,
  );
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`tidemq start: serves until ${signal}, then exits with code 0`, async () => {
    await using broker = await new Started(APART).ready();
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: broker.tcpPort });
    assert.equal(connection.remoteAddr.port, broker.tcpPort);
    broker.kill(signal);
    const { code, err } = await broker.ended();
    assert.equal(code, 0, err);
    assert.match(err, new RegExp(`INFO  stopping signal=${signal}\n(.*\n)*.*INFO  stopped\n$`));
  });
}

Deno.test("tidemq start: a second signal ends a stop that takes long, at once", async () => {
  await using broker = await new Started([...APART, "--set", "server.close_linger=60s"])
    .ready();
  // A client that stays: the broker waits for it to read the DISCONNECT and close.
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: broker.tcpPort });
  await connection.write(CONNECT);
  await connection.read(new Uint8Array(100));
  broker.kill("SIGTERM");
  await connection.read(new Uint8Array(100));
  broker.kill("SIGINT");
  const { code, err } = await broker.ended();
  assert.equal(code, 130, err);
  assert.doesNotMatch(err, /stopped/);
});

for (
  const [what, statement] of [
    ["thrown", "setTimeout(() => { throw new RangeError('lost') }, 0)"],
    ["rejected", "Promise.reject(new RangeError('lost'))"],
  ] as const
) {
  Deno.test(`denoSystem: an error that is ${what} and not caught reaches its handler only`, async () => {
    const { code, out, err } = await evaluate(`
      const system = denoSystem();
      system.onUncaught((error) => {
        system.stdout("caught " + error.message);
        setTimeout(() => system.exit(7), 0);
      });
      ${statement};
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    `);
    assert.deepEqual({ code, out, err }, { code: 7, out: "caught lost", err: "" });
  });
}

async function evaluate(code: string) {
  const script = `import { denoSystem } from "./src/cli/deno_system.ts";\n${code}`;
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--ext=ts", script],
    cwd: import.meta.dirname!,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, out: text(output.stdout), err: text(output.stderr) };
}

Deno.test("tidemq start: goes on when nobody reads its output any more", async () => {
  const process = tidemq(["start", ...APART]).spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let banner = "";
  while (!banner.endsWith(`\n${READY_LINE}\n`)) banner += (await reader.read()).value ?? "";
  await reader.cancel();
  await process.stderr.cancel();
  process.kill("SIGTERM");
  assert.equal((await process.status).code, 0);
});
