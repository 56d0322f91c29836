/**
 * How many writes a second the storage on disk acknowledges: `deno task bench:storage [DIRECTORY]`.
 *
 * A publisher here does what a QoS 1 publisher to an absent subscriber makes the broker do: it
 * commits a batch with one queued message of 200 bytes, waits until that is durable, and goes on.
 * With `sync: always` publishers share syncs, so many of them must get far more done than one. The
 * exit code is 1 when 100 publishers get neither 20 times what one gets nor 60,000 a second.
 */
import { silentLogger } from "../src/base/log.ts";
import { SystemClock } from "../src/base/system_clock.ts";
import { NO_IDENTIFIERS } from "../src/mqtt/delivery.ts";
import { Message } from "../src/mqtt/message.ts";
import { openLevelStore, type SyncMode } from "../src/storage/leveldb/level_store.ts";
import type { Store } from "../src/storage/store.ts";
import { requireDisk } from "./support/filesystem.ts";

const PAYLOAD_BYTES = 200;
const WARM_UP_MS = 500;
const MEASURED_MS = 3_000;

const SPEEDUP_MIN = 20;
const RATE_ENOUGH = 60_000;

interface Rate {
  readonly perSecond: number;
  /** Milliseconds from commit to durable. */
  readonly p50: number;
  readonly p99: number;
}

async function measure(directory: string, sync: SyncMode, publishers: number): Promise<Rate> {
  const path = await Deno.makeTempDir({ dir: directory, prefix: "bench-" });
  const clock = new SystemClock();
  try {
    await using store = await openLevelStore({
      directory: path,
      sync,
      syncIntervalMs: 100,
      checkOnStartBytes: 0,
      clock,
      log: silentLogger,
    });
    return await run(store, publishers);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

async function run(store: Store, publishers: number): Promise<Rate> {
  const latencies: number[] = [];
  let seq = 0;
  let running = true;
  let measuring = false;
  const publish = async () => {
    while (running) {
      const batch = store.batch();
      seq++;
      batch.enqueue("subscriber", seq, {
        message: messageOf(seq),
        qos: 1,
        retain: false,
        subscriptionIdentifiers: NO_IDENTIFIERS,
        share: undefined,
      });
      const start = performance.now();
      await batch.commit();
      if (measuring) latencies.push(performance.now() - start);
    }
  };
  const all = Promise.all(Array.from({ length: publishers }, publish));
  await sleep(WARM_UP_MS);
  const start = performance.now();
  measuring = true;
  await sleep(MEASURED_MS);
  running = false;
  const seconds = (performance.now() - start) / 1000;
  const perSecond = latencies.length / seconds;
  await all;
  latencies.sort((a, b) => a - b);
  const at = (part: number) => latencies[Math.floor(latencies.length * part)] ?? 0;
  return { perSecond, p50: at(0.5), p99: at(0.99) };
}

function messageOf(id: number): Message {
  const message = new Message({
    topic: "bench/storage",
    payload: new Uint8Array(PAYLOAD_BYTES).fill(id),
    qos: 1,
    retain: false,
    publisher: "publisher",
    receivedAt: id,
  });
  message.id = id;
  return message;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function show(sync: SyncMode, publishers: number, { perSecond, p50, p99 }: Rate): void {
  const rate = Math.round(perSecond).toLocaleString("en");
  console.log(
    `${sync.padEnd(9)}${String(publishers).padStart(11)}${rate.padStart(12)}` +
      `${p50.toFixed(2).padStart(10)}${p99.toFixed(2).padStart(10)}`,
  );
}

async function main([directory = "bench/out"]: readonly string[]): Promise<number> {
  await Deno.mkdir(directory, { recursive: true });
  console.log(`file system: ${await requireDisk(directory)}\n`);
  console.log("sync      publishers    writes/s    p50 ms    p99 ms");
  const always = new Map<number, number>();
  for (const publishers of [1, 10, 100, 1000]) {
    const rate = await measure(directory, "always", publishers);
    always.set(publishers, rate.perSecond);
    show("always", publishers, rate);
  }
  for (const sync of ["interval", "never"] as const) {
    for (const publishers of [1, 1000]) {
      show(sync, publishers, await measure(directory, sync, publishers));
    }
  }
  const [one, hundred] = [always.get(1)!, always.get(100)!];
  const speedup = hundred / one;
  const enough = speedup >= SPEEDUP_MIN || hundred >= RATE_ENOUGH;
  console.log(
    `\n100 publishers get ${speedup.toFixed(1)} times what one gets: ` +
      (enough ? "group commit works" : "too few writes share a sync"),
  );
  return enough ? 0 : 1;
}

Deno.exit(await main(Deno.args));
