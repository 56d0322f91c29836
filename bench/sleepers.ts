/**
 * How long the broker takes to start over a large database, and how much memory it holds then:
 * `deno task bench:sleepers [DIRECTORY]`. Builds the databases first, which takes minutes and some
 * gigabytes; they are removed at the end.
 *
 * 1. 10,000 sleeping sessions with 1,000 queued messages each: ready within 15 s, below 400 MB.
 * 2. 1,000,000 retained messages and 100,000 sessions with a subscription.
 * 3. A tenth of that, to see that time and memory grow no faster than the data.
 *
 * The exit code is 1 when the bounds of the first are exceeded.
 */
import { silentLogger } from "../src/base/log.ts";
import { SystemClock } from "../src/base/system_clock.ts";
import { NO_IDENTIFIERS } from "../src/mqtt/delivery.ts";
import { Message } from "../src/mqtt/message.ts";
import { session, subscription } from "../src/storage/conformance/fixtures.ts";
import { type LevelStore, openLevelStore } from "../src/storage/leveldb/level_store.ts";
import { requireDisk } from "./support/filesystem.ts";
import { startBroker } from "./support/broker_process.ts";

const PAYLOAD_BYTES = 200;
const READY_SECONDS_MAX = 15;
const MEGABYTES_MAX = 400;

/** Writes that are gathered into one batch while a database is built. */
const BATCH_WRITES = 10_000;

/** Messages that reach every session (one body), and messages of each session's own. */
interface Sleepers {
  readonly sessions: number;
  readonly common: number;
  readonly own: number;
}

async function buildSleepers(store: LevelStore, { sessions, common, own }: Sleepers) {
  await putSessions(store, sessions);
  for (let index = 1; index <= common; index++) {
    const batch = store.batch();
    const message = messageOf(index, "bench/common");
    for (let each = 0; each < sessions; each++) {
      batch.enqueue(clientId(each), index, queued(message));
    }
    await batch.commit();
  }
  let id = common;
  for (let each = 0; each < sessions; each++) {
    const batch = store.batch();
    for (let index = 1; index <= own; index++) {
      batch.enqueue(clientId(each), common + index, queued(messageOf(++id, `bench/${each}`)));
    }
    await batch.commit();
  }
}

async function buildRetained(store: LevelStore, sessions: number, retained: number) {
  await putSessions(store, sessions);
  for (let from = 1; from <= retained; from += BATCH_WRITES) {
    const batch = store.batch();
    for (let id = from; id < from + BATCH_WRITES && id <= retained; id++) {
      batch.putRetained(messageOf(id, `site/${id % 1000}/device/${id}/state`));
    }
    await batch.commit();
  }
}

async function putSessions(store: LevelStore, count: number): Promise<void> {
  for (let from = 0; from < count; from += BATCH_WRITES) {
    const batch = store.batch();
    for (let index = from; index < from + BATCH_WRITES && index < count; index++) {
      const changes = { expiryInterval: 30 * 86_400, connected: false, disconnectedAt: Date.now() };
      batch.putSession(session(clientId(index), { ...changes, connectedAt: Date.now() - 10_000 }));
      batch.putSubscription(clientId(index), subscription(`bench/${index}`));
    }
    await batch.commit();
  }
}

function clientId(index: number): string {
  return `sleeper-${index}`;
}

function queued(message: Message) {
  const subscriptionIdentifiers = NO_IDENTIFIERS;
  return { message, qos: 1, retain: false, subscriptionIdentifiers, share: undefined } as const;
}

function messageOf(id: number, topic: string): Message {
  const payload = crypto.getRandomValues(new Uint8Array(PAYLOAD_BYTES));
  const message = new Message({ topic, payload, qos: 1, retain: true, receivedAt: Date.now() });
  message.id = id;
  return message;
}

interface Started {
  readonly seconds: number;
  readonly megabytes: number;
}

async function measure(
  directory: string,
  name: string,
  build: (store: LevelStore) => Promise<void>,
): Promise<Started> {
  const path = await Deno.makeTempDir({ dir: directory, prefix: "bench-" });
  try {
    const clock = new SystemClock();
    const buildStart = performance.now();
    const log = silentLogger;
    const store = await openLevelStore({
      directory: path,
      sync: "never",
      syncIntervalMs: 100,
      checkOnStartBytes: 0,
      clock,
      log,
    });
    await build(store);
    await store.close();
    const built = (performance.now() - buildStart) / 1000;
    await using broker = await startBroker(["--set", `storage.leveldb.dir=${path}`]);
    const started = {
      seconds: broker.readyMs / 1000,
      megabytes: await broker.residentBytes() / 1e6,
    };
    console.log(
      `${name.padEnd(58)}${built.toFixed(0).padStart(9)}${started.seconds.toFixed(1).padStart(9)}` +
        `${started.megabytes.toFixed(0).padStart(9)}`,
    );
    return started;
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

async function main([directory = "bench/out"]: readonly string[]): Promise<number> {
  await Deno.mkdir(directory, { recursive: true });
  console.log(`file system: ${await requireDisk(directory)}\n`);
  console.log(`${"".padEnd(58)}  build s  ready s   RSS MB`);
  await measure(directory, "empty", () => Promise.resolve());
  const common = { sessions: 10_000, common: 1000, own: 0 };
  const own = { sessions: 10_000, common: 0, own: 1000 };
  const bounded = [
    await measure(
      directory,
      "10,000 sessions, 1,000 messages queued for all of them",
      (store) => buildSleepers(store, common),
    ),
    await measure(
      directory,
      "10,000 sessions, 1,000 messages of its own queued for each",
      (store) => buildSleepers(store, own),
    ),
  ];
  await measure(
    directory,
    "10,000 sessions, 100,000 retained messages",
    (store) => buildRetained(store, 10_000, 100_000),
  );
  await measure(
    directory,
    "100,000 sessions, 1,000,000 retained messages",
    (store) => buildRetained(store, 100_000, 1_000_000),
  );
  const within = bounded.every(({ seconds, megabytes }) =>
    seconds <= READY_SECONDS_MAX && megabytes <= MEGABYTES_MAX
  );
  console.log(`\nsleeping sessions are ${within ? "within" : "NOT within"} their bounds`);
  return within ? 0 : 1;
}

Deno.exit(await main(Deno.args));
