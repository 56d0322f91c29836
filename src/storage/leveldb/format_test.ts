import assert from "#assert";
import { FakeClock } from "../../base/fake_clock.ts";
import { silentLogger } from "../../base/log.ts";
import { collect, commit, delivery, message, NOW, session } from "../conformance/fixtures.ts";
import { assertConsistent } from "./consistency_fixture.ts";
import { withDatabase } from "./database.ts";
import { FORMAT_VERSION } from "./format.ts";
import { FORMAT_KEY, Tag, tagRange } from "./keys.ts";
import { type LevelStore, openLevelStore } from "./level_store.ts";
import { decodeNumber, encodeNumber } from "./records.ts";

async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "tidemq-format-" });
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function open(directory: string): Promise<LevelStore> {
  return openLevelStore({
    directory,
    sync: "never",
    syncIntervalMs: 100,
    checkOnStartBytes: Infinity,
    clock: new FakeClock(),
    log: silentLogger,
  });
}

function versionIn(directory: string): Promise<number> {
  return withDatabase(directory, async (database) => {
    return decodeNumber("format version", (await database.get(FORMAT_KEY))!);
  });
}

function setVersion(directory: string, version: number): Promise<void> {
  return withDatabase(
    directory,
    (database) => database.write([{ key: FORMAT_KEY, value: encodeNumber(version) }], true),
  );
}

/** A session that expires after `index` seconds; every third one is connected. */
function sessionNumber(index: number) {
  return session(`client ${index}`, {
    connected: index % 3 === 0,
    disconnectedAt: index % 3 === 0 ? undefined : NOW,
    expiryInterval: index,
  });
}

/** A database as format 1 was: the same without the index of expiries. */
async function makeFormat1(directory: string, sessions: number): Promise<void> {
  {
    await using store = await open(directory);
    await commit(store, (batch) => {
      for (let index = 0; index < sessions; index++) batch.putSession(sessionNumber(index));
      batch.enqueue("client 1", 1, delivery(message(1)));
    });
  }
  await withDatabase(directory, async (database) => {
    const operations = [{ key: FORMAT_KEY, value: encodeNumber(1) }];
    for await (const entries of database.pages(tagRange(Tag.EXPIRY))) {
      await database.write(entries.map(([key]) => ({ key, value: undefined })), false);
    }
    await database.write(operations, true);
  });
}

async function expired(store: LevelStore, now: number): Promise<string[]> {
  return (await collect(store.sessions.expired(now))).map(({ clientId }) => clientId).sort();
}

Deno.test("openLevelStore() marks a new database with the format of this version", () =>
  inDirectory(async (directory) => {
    await (await open(directory)).close();
    assert.equal(await versionIn(directory), FORMAT_VERSION);
  }));

Deno.test("openLevelStore() enters sessions of format 1 in the index of expiries", () =>
  inDirectory(async (directory) => {
    // More than one page of the scan.
    await makeFormat1(directory, 3_000);
    {
      await using store = await open(directory);
      assert.deepEqual(await expired(store, NOW + 5_000), [1, 2, 4, 5].map((n) => `client ${n}`));
      assert.equal((await expired(store, NOW + 1e9)).length, 2_000);
      assert.equal((await store.queue.page("client 1", 0, 9)).length, 1);
      assert.equal(await store.sessions.count(), 3_000);
    }
    assert.equal(await versionIn(directory), FORMAT_VERSION);
    await withDatabase(directory, assertConsistent);
  }));

Deno.test("openLevelStore() goes through a step again that was cut short", () =>
  inDirectory(async (directory) => {
    await makeFormat1(directory, 10);
    await (await open(directory)).close();
    await setVersion(directory, 1); // the last write of the step did not make it
    await using store = await open(directory);
    assert.deepEqual(await expired(store, NOW + 5_000), [1, 2, 4, 5].map((n) => `client ${n}`));
  }));

Deno.test("openLevelStore() refuses a database of a newer format and leaves it alone", () =>
  inDirectory(async (directory) => {
    await (await open(directory)).close();
    await setVersion(directory, FORMAT_VERSION + 1);
    await assert.rejects(open(directory), {
      name: "StoreOpenError",
      problem: "newer_format",
      message: new RegExp(`has format ${FORMAT_VERSION + 1},.*up to ${FORMAT_VERSION}`),
    });
    assert.equal(await versionIn(directory), FORMAT_VERSION + 1);
  }));

Deno.test("openLevelStore() refuses a database of somebody else", () =>
  inDirectory(async (directory) => {
    await withDatabase(
      directory,
      (database) => database.write([{ key: Uint8Array.of(65), value: Uint8Array.of(66) }], true),
    );
    await Deno.writeTextFile(`${directory}/tidemq.lock`, "");
    await assert.rejects(open(directory), {
      name: "StoreOpenError",
      problem: "foreign",
      message: /was not made by TideMQ: choose another directory$/,
    });
  }));

Deno.test("openLevelStore() refuses a database that another store has open", () =>
  inDirectory(async (directory) => {
    await using _first = await open(directory);
    await assert.rejects(open(directory), {
      name: "StoreOpenError",
      problem: "in_use",
      message: `the storage directory ${directory} is in use by process ${Deno.pid}`,
    });
  }));

Deno.test("openLevelStore() makes the directory for this user only", () =>
  inDirectory(async (directory) => {
    await using _store = await open(`${directory}/a/b`);
    assert.equal((await Deno.stat(`${directory}/a/b`)).mode! & 0o777, 0o700);
  }));

Deno.test("openLevelStore() says why a directory cannot be used", () =>
  inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "");
    await assert.rejects(open(`${directory}/file`), {
      name: "StoreOpenError",
      problem: "failed",
      message: /^the storage directory \S+file is not a directory$/,
    });
  }));
