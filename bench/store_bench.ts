/**
 * What the store costs the processor: `deno bench bench/store_bench.ts`. How many writes a disk
 * acknowledges is another question, which `deno task bench:storage` answers.
 *
 * An iteration commits BATCH steps that wait for each other's group, so divide the time by BATCH.
 */
import { silentLogger } from "../src/base/log.ts";
import { SystemClock } from "../src/base/system_clock.ts";
import { NO_IDENTIFIERS } from "../src/mqtt/delivery.ts";
import { Message } from "../src/mqtt/message.ts";
import { openLevelStore } from "../src/storage/leveldb/level_store.ts";
import { MemoryStore } from "../src/storage/memory.ts";
import type { Store } from "../src/storage/store.ts";

const BATCH = 100;
const PAYLOAD_BYTES = 200;
const CLIENT_ID = "subscriber";
const RETAINED_TOPICS = 1_000;

const STORES: Readonly<Record<string, () => Promise<Store>>> = {
  memory: () => Promise.resolve(new MemoryStore()),
  leveldb: openTemporary,
};

for (const [name, open] of Object.entries(STORES)) {
  let opened: Promise<Store> | undefined;
  let next = 0;
  const store = () => opened ??= open();

  Deno.bench(`${name}: ${BATCH} × queue, in flight, acknowledged`, async () => {
    const target = await store();
    const first = next + 1;
    next += BATCH;
    await step(target, first, (batch, seq) => batch.enqueue(CLIENT_ID, seq, delivery(seq)));
    await step(target, first, (batch, seq) => batch.startInflight(CLIENT_ID, packetId(seq), seq));
    await step(target, first, (batch, seq) => batch.deleteInflight(CLIENT_ID, packetId(seq)));
  });
  Deno.bench(`${name}: ${BATCH} × straight in flight, acknowledged`, async () => {
    const target = await store();
    const first = next + 1;
    next += BATCH;
    await step(target, first, (batch, seq) => {
      batch.putInflight(CLIENT_ID, packetId(seq), seq, delivery(seq));
    });
    await step(target, first, (batch, seq) => batch.deleteInflight(CLIENT_ID, packetId(seq)));
  });
  Deno.bench(`${name}: ${BATCH} × retained`, async () => {
    const target = await store();
    const first = next + 1;
    next += BATCH;
    await step(target, first, (batch, seq) => batch.putRetained(message(seq)));
  });
}

/** Commits a batch for each of BATCH messages, as publishers at the same time do, and waits. */
async function step(
  store: Store,
  first: number,
  write: (batch: ReturnType<Store["batch"]>, seq: number) => void,
): Promise<void> {
  const commits: (Promise<void> | undefined)[] = [];
  for (let seq = first; seq < first + BATCH; seq++) {
    const batch = store.batch();
    write(batch, seq);
    commits.push(batch.commit());
  }
  await Promise.all(commits);
}

function delivery(seq: number) {
  const subscriptionIdentifiers = NO_IDENTIFIERS;
  const of = message(seq);
  return { message: of, qos: 1, retain: false, subscriptionIdentifiers, share: undefined } as const;
}

function message(id: number): Message {
  const payload = new Uint8Array(PAYLOAD_BYTES).fill(id);
  const topic = `site/${id % RETAINED_TOPICS}/state`;
  const made = new Message({ topic, payload, qos: 1, retain: true, receivedAt: id });
  made.id = id;
  return made;
}

function packetId(seq: number): number {
  return seq % 65_535 + 1;
}

/** In a directory that goes when the process ends; nothing waits for the disk. */
async function openTemporary(): Promise<Store> {
  const directory = await Deno.makeTempDir({ prefix: "tidemq-bench-" });
  addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
  return await openLevelStore({
    directory,
    sync: "never",
    syncIntervalMs: 100,
    checkOnStartBytes: 0,
    clock: new SystemClock(),
    log: silentLogger,
  });
}
