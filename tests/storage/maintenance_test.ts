/** Damage, repair and backups as an operator sees them: real processes, real files. */
import assert from "#assert";
import { damageValue } from "../../src/storage/leveldb/damage_fixture.ts";
import { clientPart, deliveryKey, retainedKey } from "../../src/storage/leveldb/keys.ts";
import { DataFolder } from "../support/data_folder.ts";
import { durable, publish, receive } from "../support/exchange.ts";
import { RawClient } from "../support/raw_client.ts";

const MESSAGES = 200;

/** Makes a session that sleeps from then on. */
async function sleep(address: string): Promise<void> {
  await using sleeper = await RawClient.connectTcp(address);
  await sleeper.connect(durable(5, "sleeper"));
  await sleeper.subscribe("queue/#", { qos: 1 });
  await sleeper.disconnect();
}

/** Publishes messages to it, one after the other; all of them are acknowledged. */
async function fillQueue(address: string, from: number, to: number): Promise<void> {
  await using publisher = await RawClient.connectTcp(address);
  await publisher.connect();
  for (let number = from; number <= to; number++) {
    await publish(publisher, "queue/a", `message ${number} ${"x".repeat(number % 90)}`, { qos: 1 });
  }
  await publisher.disconnect();
}

/** The numbers of the messages that wait, up to one that is published behind them. */
async function waiting(address: string): Promise<number[]> {
  await using publisher = await RawClient.connectTcp(address);
  await publisher.connect();
  await publish(publisher, "queue/a", "the last", { qos: 1 });
  await publisher.disconnect();
  await using sleeper = await RawClient.connectTcp(address);
  const { sessionPresent } = await sleeper.connect(durable(5, "sleeper"));
  assert.equal(sessionPresent, true);
  const numbers: number[] = [];
  for (;;) {
    const text = String((await receive(sleeper)).payload);
    if (text === "the last") break;
    numbers.push(Number(text.split(" ")[1]));
  }
  await sleeper.disconnect();
  return numbers;
}

const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1);

/** The path and the length of the newest log. */
async function newestLog(directory: string): Promise<{ path: string; size: number }> {
  const logs = [...Deno.readDirSync(directory)].filter(({ name }) => name.endsWith(".log"));
  const path = `${directory}/${logs.map(({ name }) => name).sort().at(-1)}`;
  return { path, size: (await Deno.stat(path)).size };
}

async function overwrite(path: string, at: number, length: number): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.seek(at, Deno.SeekMode.Start);
  await file.write(crypto.getRandomValues(new Uint8Array(length)));
}

Deno.test("tidemq start: with its log overwritten in the middle it starts, says so, and keeps what is older", async () => {
  await using folder = await DataFolder.make();
  const sizes: number[] = [];
  {
    await using broker = await folder.start();
    await sleep(broker.address);
    for (let number = 1; number <= MESSAGES; number += 20) {
      await fillQueue(broker.address, number, number + 19);
      sizes.push((await newestLog(folder.data)).size);
    }
    await broker.kill();
  }
  const log = await newestLog(folder.data);
  const at = sizes[4]! + 200;
  assert.ok(at + 50 < log.size, "one log holds all of it");
  await overwrite(log.path, at, 50);
  await using broker = await folder.start();
  const [line] = await broker.program.errorLine(/ERROR storage was damaged.*/);
  const offset = Number(/ offset=(\d+) /.exec(line)?.[1]);
  assert.ok(offset >= sizes[4]! && offset <= at, line);
  assert.match(line, /file=\d+\.log/);
  const copy = / copy="?([^" ]+)/.exec(line)![1]!;
  assert.equal(
    (await Deno.stat(`${folder.path}/${copy}/${log.path.split("/").at(-1)}`)).size,
    log.size,
  );
  assert.match(await broker.storeDetail(), new RegExp(`^on disk; damage was cut off .*${offset}`));
  const banner = broker.program.out.all.join("\n");
  assert.match(banner, new RegExp(`DAMAGED +\\d+\\.log at byte ${offset}: .* writes are lost`));
  const numbers = await waiting(broker.address);
  assert.deepEqual(numbers, upTo(numbers.length));
  assert.ok(numbers.length >= 100 && numbers.length < 120, `${numbers.length}`);
  await broker.stop();
});

Deno.test("tidemq start: a second broker on the directory is one line and exit code 1", async () => {
  await using folder = await DataFolder.make();
  await using broker = await folder.start();
  const { code, out, err } = await folder.run("start");
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /^tidemq: the storage directory \.\/data is in use by process \d+\n$/);
  for (const command of ["check", "repair"]) {
    const refused = await folder.run("storage", command);
    assert.deepEqual([refused.code, refused.err], [1, err]);
  }
  await broker.stop();
});

Deno.test("tidemq storage repair: is the way out when a start is refused", async () => {
  await using folder = await DataFolder.make();
  {
    await using broker = await folder.start();
    await sleep(broker.address);
    await fillQueue(broker.address, 1, 20);
    await broker.stop();
  }
  await Deno.truncate(`${folder.data}/CURRENT`);
  const refused = await folder.run("start");
  assert.deepEqual([refused.code, refused.out], [1, ""]);
  assert.match(
    refused.err,
    /^tidemq: the database in \.\/data is damaged: CURRENT at byte 0: the file is empty; .*storage repair \.\/data".*\n$/,
  );
  const checked = await folder.run("storage", "check", "--full", "--json");
  assert.equal(checked.code, 1);
  assert.deepEqual(JSON.parse(checked.out).findings.map(({ kind }: { kind: string }) => kind), [
    "current-damaged",
  ]);
  const repaired = await folder.succeed("storage", "repair");
  assert.match(repaired, /1 session, 1 subscription, 20 messages for a session/);
  assert.match(await folder.succeed("storage", "check", "--full"), /^\.\/data is intact/);
  await using broker = await folder.start();
  assert.deepEqual(await waiting(broker.address), upTo(20));
  await broker.stop();
});

/** A stopped broker's folder with messages in a table, and one retained message. */
async function stopped(): Promise<DataFolder> {
  const folder = await DataFolder.make();
  {
    await using broker = await folder.start();
    await sleep(broker.address);
    await fillQueue(broker.address, 1, MESSAGES);
    await using publisher = await RawClient.connectTcp(broker.address);
    await publisher.connect();
    await publish(publisher, "kept", "retained", { qos: 1, retain: true });
    await publisher.disconnect();
    await broker.stop();
  }
  // Opening it again moves what is in the log to a table.
  await using broker = await folder.start();
  await broker.stop();
  return folder;
}

const WAY_OUT = /; .*"tidemq storage repair \.\/data" saves what can be saved\n$/;

Deno.test("tidemq start: a damaged table is one line with its place and the way out, and nothing is changed", async () => {
  await using folder = await stopped();
  const names = () => [...Deno.readDirSync(folder.data)].map(({ name }) => name).sort();
  const table = names().find((name) => name.endsWith(".ldb"))!;
  await overwrite(`${folder.data}/${table}`, 100, 20);
  const before = names();
  const { code, out, err } = await folder.run("start");
  assert.deepEqual([code, out], [1, ""]);
  assert.match(
    err,
    new RegExp(`^tidemq: the database in \\./data is damaged: ${table} at byte 0: `),
  );
  assert.match(err, WAY_OUT);
  assert.deepEqual(names(), before);
  await folder.succeed("storage", "repair");
  await using broker = await folder.start();
  await broker.stop();
});

Deno.test("tidemq start: a damaged record that it needs is one line with the way out", async () => {
  await using folder = await stopped();
  await damageValue(folder.data, retainedKey("kept"));
  const { code, out, err } = await folder.run("start");
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /^tidemq: the database in \.\/data is damaged: retained message "kept"; /m);
  assert.match(err, WAY_OUT);
});

Deno.test("tidemq backup: says why a running broker makes none", async () => {
  await using folder = await stopped();
  await damageValue(folder.data, deliveryKey(clientPart("sleeper"), 1));
  await using broker = await folder.start();
  const { code, out, err } = await folder.run("backup", "now.backup");
  assert.deepEqual([code, out], [1, ""]);
  assert.match(
    err,
    /^tidemq: the broker makes no backup: the database in \.\/data is damaged: message 1 /,
  );
  assert.match(err, WAY_OUT);
  assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["data"]);
  await broker.stop();
});

Deno.test("tidemq backup: of a running broker, restored, goes on from that moment", async () => {
  await using folder = await DataFolder.make();
  {
    await using broker = await folder.start();
    await sleep(broker.address);
    await fillQueue(broker.address, 1, 50);
    const socket = await Deno.lstat(`${folder.data}/control.sock`);
    assert.equal(socket.mode! & 0o777, 0o600);
    assert.match(
      await folder.succeed("backup", "now.backup"),
      /^now\.backup is complete: .*\n {2}1 session, 1 subscription, 50 messages for a session, 2 administration records\n$/,
    );
    await fillQueue(broker.address, 51, 60);
    // What a crash leaves of the socket must not be in the way of the next broker.
    await broker.kill();
  }
  await folder.succeed("restore", "now.backup", "--verify");
  await folder.succeed("restore", "now.backup", "restored");
  {
    await using old = await folder.start();
    await folder.succeed("backup", "later.backup");
    assert.deepEqual(await waiting(old.address), upTo(60));
    await old.stop();
  }
  await Deno.remove(folder.data, { recursive: true });
  await Deno.rename(`${folder.path}/restored`, folder.data);
  await using broker = await folder.start();
  assert.deepEqual(await waiting(broker.address), upTo(50));
  await broker.stop();
});

Deno.test("docs/storage.md: its commands do what it says, one after the other", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/storage.md", import.meta.url));
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
  const commands = blocks.flatMap((block) => block.trim().split("\n"));
  assert.ok(commands.length >= 7, String(commands));
  await using folder = await DataFolder.make();
  {
    await using broker = await folder.start();
    await sleep(broker.address);
    await fillQueue(broker.address, 1, 5);
    await broker.stop();
  }
  for (const command of commands) {
    const [name, ...args] = command.split(" ");
    assert.equal(name, "tidemq");
    await folder.succeed(...args);
  }
  await folder.succeed("storage", "check", "./restored", "--full");
});
