/**
 * One publisher, many subscribers: from the bytes that a socket has read to the bytes that the
 * sockets get. Run with `deno bench bench/fan_out_bench.ts`.
 *
 * An iteration publishes BATCH messages in one chunk, so divide the time shown by BATCH, and by the
 * number of subscribers for the cost of a delivery.
 */
import { setImmediate } from "node:timers";
import { publishTemplate } from "./load/packets.ts";
import { connectTo, startBenchBroker } from "./support/bench_broker.ts";
import type { DiscardingTransport } from "./support/discarding_transport.ts";

const BATCH = 100;
const TOPIC = "sensors/0017/temperature";
const PAYLOAD_BYTES = 64;
const SHARE_MEMBERS = 100;

const packet = publishTemplate(TOPIC, { qos: 0, retain: false, size: PAYLOAD_BYTES }).bytes;
const chunk = new Uint8Array(BATCH * packet.length);
for (let i = 0; i < BATCH; i++) chunk.set(packet, i * packet.length);

for (const subscribers of [1, 10, 100, 1_000]) {
  measure(`fan-out of ${BATCH} messages to ${subscribers.toLocaleString("en")}`, {
    filters: Array.from({ length: subscribers }, () => TOPIC),
    deliveries: subscribers,
  });
}

measure(`${BATCH} messages to a shared group of ${SHARE_MEMBERS}`, {
  filters: Array.from({ length: SHARE_MEMBERS }, () => `$share/workers/${TOPIC}`),
  deliveries: 1,
});

measure(`${BATCH} messages to ${SHARE_MEMBERS} shared groups of one`, {
  filters: Array.from({ length: SHARE_MEMBERS }, (_, i) => `$share/workers-${i}/${TOPIC}`),
  deliveries: SHARE_MEMBERS,
});

interface FanOut {
  /** One for each subscriber. */
  readonly filters: readonly string[];
  /** Of each message, in all. */
  readonly deliveries: number;
}

interface Running {
  readonly publisher: DiscardingTransport;
  readonly subscribers: readonly DiscardingTransport[];
}

function measure(name: string, { filters, deliveries }: FanOut): void {
  let started: Promise<Running> | undefined;
  Deno.bench(name, async (bench) => {
    const { publisher, subscribers } = await (started ??= start(filters));
    const before = written(subscribers);
    bench.start();
    await publisher.say(chunk);
    // Output leaves when the turn of the event loop is over.
    await nextTurn();
    bench.end();
    const bytes = written(subscribers) - before;
    if (bytes !== BATCH * deliveries * packet.length) {
      throw new Error(`${bytes} bytes were delivered: the benchmark measures something else`);
    }
  });
}

async function start(filters: readonly string[]): Promise<Running> {
  const broker = await startBenchBroker();
  const subscribers: DiscardingTransport[] = [];
  for (const [index, filter] of filters.entries()) {
    subscribers.push(await connectTo(broker, `subscriber-${index}`, [filter]));
  }
  const publisher = await connectTo(broker, "publisher");
  await nextTurn();
  return { publisher, subscribers };
}

function written(subscribers: readonly DiscardingTransport[]): number {
  return subscribers.reduce((sum, subscriber) => sum + subscriber.written, 0);
}

/** Comes behind all microtasks, without the millisecond that a timer takes at least. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
