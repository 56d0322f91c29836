import assert from "#assert";
import { FakeClock } from "../../../base/fake_clock.ts";
import { silentLogger } from "../../../base/log.ts";
import { openLevelStore } from "../level_store.ts";
import { TestFolder } from "../mend/level_fixture.ts";
import { writeAll } from "../mend/files.ts";
import { entriesOf, FILLED, fillStore, storeOptions } from "../store_fixture.ts";
import { BackupWriter } from "../backup/backup_format.ts";
import { saveBackup } from "../backup/save_backup.ts";
import { restoreBackup, verifyBackup } from "../backup/restore.ts";
import { requestBackup } from "./control_client.ts";
import { CONTROL_LINE_SIZE_MAX } from "./control_protocol.ts";
import { ControlServer } from "./control_server.ts";

const NOW = Date.UTC(2026, 0, 1);
const text = new TextEncoder();

/** A server that answers with `parts`. */
async function serve(directory: string, parts: readonly Uint8Array[], clock = new FakeClock()) {
  return await ControlServer.listen({
    directory,
    clock,
    log: silentLogger,
    handler: {
      async backup(write) {
        for (const part of parts) await write(part);
      },
    },
  });
}

function connect(directory: string): Promise<Deno.UnixConn> {
  return Deno.connect({ transport: "unix", path: `${directory}/control.sock` });
}

/** What the server says to `line`, to its end. */
async function answer(directory: string, line: string): Promise<string> {
  using connection = await connect(directory);
  await writeAll(connection, text.encode(line));
  return await new Response(connection.readable).text();
}

Deno.test("saveBackup: of a running store is the same as of a stopped one", async () => {
  await using folder = await TestFolder.make();
  const data = `${folder.path}/data`;
  const store = await openLevelStore(storeOptions(data));
  await fillStore(store);
  const saved = await saveBackup(`${folder.path}/backup`, data, new FakeClock());
  assert.deepEqual(saved.contents, FILLED);
  await store.close();
  await restoreBackup(`${folder.path}/backup`, `${folder.path}/restored`);
  assert.deepEqual(await entriesOf(`${folder.path}/restored`), await entriesOf(data));
});

Deno.test("saveBackup: two to one file at once both end well", async () => {
  await using folder = await TestFolder.make();
  const data = `${folder.path}/data`;
  await using store = await openLevelStore(storeOptions(data));
  await fillStore(store);
  const path = `${folder.path}/backup`;
  const clock = new FakeClock();
  const saved = await Promise.all([saveBackup(path, data, clock), saveBackup(path, data, clock)]);
  for (const { contents } of saved) assert.deepEqual(contents, FILLED);
  assert.deepEqual((await verifyBackup(path)).contents, FILLED);
  const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
  assert.deepEqual(names, ["backup", "data"]);
});

Deno.test("saveBackup: what a broker did not send to its end is no backup", async () => {
  await using folder = await TestFolder.make();
  const writer = new BackupWriter();
  const parts = [...writer.begin({ version: "1.0.0", createdAt: NOW, format: 1 })];
  await using _server = await serve(folder.path, parts);
  await assert.rejects(
    saveBackup(`${folder.path}/backup`, folder.path, new FakeClock()),
    /is not complete/,
  );
  assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["control.sock"]);
});

/** What is said of a backup of `server`, which is none; nothing is left of it. */
async function refusal(folder: string, clock = new FakeClock()): Promise<string> {
  const error = await saveBackup(`${folder}/backup`, folder, clock).then(
    () => assert.fail("there is a backup"),
    (error) => error,
  );
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["control.sock"]);
  assert.equal(error.name, "ControlError", String(error));
  return error.message;
}

Deno.test("saveBackup: says why the broker sends no more", async () => {
  await using folder = await TestFolder.make();
  const writer = new BackupWriter();
  const [part] = writer.begin({ version: "1.0.0", createdAt: NOW, format: 1 });
  await using _server = await ControlServer.listen({
    directory: folder.path,
    clock: new FakeClock(),
    log: silentLogger,
    handler: {
      async backup(write) {
        await write(part!);
        throw new Error(`stored data is "damaged"${"\n".repeat(5000)}`);
      },
    },
  });
  assert.match(
    await refusal(folder.path),
    /^the broker makes no backup: stored data is "damaged"\n/,
  );
});

/** Listens like a broker that answers with `bytes`; then `then`. */
function answering(
  folder: string,
  bytes: Uint8Array,
  then: () => Promise<void>,
): AsyncDisposable {
  const listener = Deno.listen({ transport: "unix", path: `${folder}/control.sock` });
  const serving = (async () => {
    using connection = await listener.accept();
    await connection.read(new Uint8Array(100));
    await writeAll(connection, bytes);
    await then();
  })();
  return {
    async [Symbol.asyncDispose]() {
      await serving;
      listener.close();
    },
  };
}

for (
  const [name, bytes] of [
    ["before its answer", ""],
    ["within a chunk", '{"ok":true}\n\0\0\0\u0005abc'],
    ["within the length of a chunk", '{"ok":true}\n\0\0'],
    ["between two chunks", '{"ok":true}\n\0\0\0\u0003abc'],
    ["behind the last chunk", '{"ok":true}\n\0\0\0\0'],
  ] as const
) {
  Deno.test(`saveBackup: says that the broker has gone ${name}`, async () => {
    await using folder = await TestFolder.make();
    await using _broker = answering(folder.path, text.encode(bytes), () => Promise.resolve());
    assert.equal(
      await refusal(folder.path),
      "the broker ended the connection before the backup was complete",
    );
  });
}

for (const bytes of ["", '{"ok":true}\n\0\0\0\u0005abc']) {
  Deno.test(`saveBackup: does not wait without end for a broker that hangs behind ${JSON.stringify(bytes)}`, async () => {
    await using folder = await TestFolder.make();
    const clock = new FakeClock();
    const given = Promise.withResolvers<void>();
    await using _broker = answering(folder.path, text.encode(bytes), () => given.promise);
    let ended = false;
    const said = refusal(folder.path, clock).finally(() => {
      ended = true;
      given.resolve();
    });
    const start = clock.now();
    while (!ended) await clock.advance(1_000);
    assert.ok(clock.now() - start >= 30_000);
    assert.match(await said, /^the broker has sent nothing for 30 seconds/);
  });
}

Deno.test("ControlServer: only its owner can open the socket, and it goes with the server", async () => {
  await using folder = await TestFolder.make();
  const server = await serve(folder.path, []);
  const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  assert.deepEqual(names, ["control.sock"]);
  const { mode, isSocket } = await Deno.lstat(`${folder.path}/control.sock`);
  assert.deepEqual([mode! & 0o777, isSocket], [0o600, true]);
  await server[Symbol.asyncDispose]();
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
});

Deno.test("ControlServer: takes the place of a socket that a crash left", async () => {
  await using folder = await TestFolder.make();
  const path = `${folder.path}/control.sock`;
  const crashed = Deno.listen({ transport: "unix", path: `${folder.path}/s` });
  await Deno.rename(`${folder.path}/s`, path);
  crashed.close();
  assert.equal(await requestBackup(folder.path, () => Promise.resolve(), new FakeClock()), false);
  await using _server = await serve(folder.path, [text.encode("here")]);
  let got = "";
  const take = (bytes: Uint8Array) => {
    got += new TextDecoder().decode(bytes);
    return Promise.resolve();
  };
  assert.equal(await requestBackup(folder.path, take, new FakeClock()), true);
  assert.equal(got, "here");
});

Deno.test("requestBackup: says so when no broker runs", async () => {
  await using folder = await TestFolder.make();
  assert.equal(await requestBackup(folder.path, () => assert.fail(), new FakeClock()), false);
});

for (
  const [name, line, expected] of [
    ["another version", '{"control":1,"command":"backup"}\n', /speaks version 2 of the control/],
    ["an unknown command", '{"control":2,"command":"stop"}\n', /does not know this command/],
    ["no JSON", "backup\n", /speaks version 2/],
    ["JSON that is no object", "null\n", /speaks version 2/],
    ["a line that is too long", "x".repeat(CONTROL_LINE_SIZE_MAX), /speaks version 2/],
  ] as const
) {
  Deno.test(`ControlServer: ${name} is refused with a reason`, async () => {
    await using folder = await TestFolder.make();
    await using _server = await serve(folder.path, [text.encode("secret")]);
    const reply = JSON.parse(await answer(folder.path, line));
    assert.equal(reply.ok, false);
    assert.match(reply.error, expected);
  });
}

Deno.test("ControlServer: serves so many commands at a time and no more", async () => {
  await using folder = await TestFolder.make();
  await using _server = await serve(folder.path, [text.encode("a backup")]);
  const waiting: Deno.UnixConn[] = [];
  for (let count = 0; count < 4; count++) waiting.push(await connect(folder.path));
  assert.equal(await answer(folder.path, '{"control":2,"command":"backup"}\n').catch(() => ""), "");
  for (const connection of waiting) connection.close();
});

Deno.test("ControlServer: a command that says nothing is not waited for without end", async () => {
  await using folder = await TestFolder.make();
  const clock = new FakeClock();
  await using _server = await serve(folder.path, [], clock);
  using connection = await connect(folder.path);
  // The answer to another command shows that this one is being served.
  await answer(folder.path, "{}\n");
  const read = connection.read(new Uint8Array(10));
  await clock.advance(30_000);
  assert.equal(await read, null);
});

Deno.test("ControlServer: a command that takes nothing ends the backup, not the server", async () => {
  await using folder = await TestFolder.make();
  const clock = new FakeClock();
  const large = new Uint8Array(4 * 1024 * 1024);
  await using _server = await serve(folder.path, [large], clock);
  using connection = await connect(folder.path);
  await writeAll(connection, text.encode('{"control":2,"command":"backup"}\n'));
  const first = new Uint8Array(1);
  await connection.read(first);
  assert.equal(first[0], text.encode("{")[0]);
  await answer(folder.path, "{}\n");
  await clock.advance(30_000);
  const rest = await new Response(connection.readable).bytes();
  assert.ok(rest.length < large.length, `${rest.length}`);
});

Deno.test("ControlServer: ends what it serves when it is closed", async () => {
  await using folder = await TestFolder.make();
  const server = await serve(folder.path, []);
  using connection = await connect(folder.path);
  await answer(folder.path, "{}\n");
  await server[Symbol.asyncDispose]();
  assert.equal(await connection.read(new Uint8Array(10)), null);
});

Deno.test("ControlServer: a path that is too long for a socket is an error, and leaves nothing", async () => {
  await using folder = await TestFolder.make();
  const long = `${folder.path}/${"x".repeat(120)}`;
  await Deno.mkdir(long);
  await assert.rejects(serve(long, []));
  assert.deepEqual([...Deno.readDirSync(long)], []);
});
