/**
 * A subscriber that stops reading costs a bounded buffer and nobody else's messages: 20 subscribers,
 * one of them frozen, 100 MB published to all. The clients run in another process, so that what is
 * measured here is the broker's memory.
 */
import assert from "#assert";
import { configFrom } from "../src/config/load.ts";
import { startServer } from "../src/server.ts";

const PAYLOAD_BYTES = 10_000;
const MESSAGES = 10_000;
const GROWTH_BYTES_MAX = 64 * 1024 * 1024;

for (const qos of [0, 1]) {
  Deno.test({
    name: `back-pressure: one of 20 subscribers is frozen while 100 MB are published at QoS ${qos}`,
    fn: () => freezeOne(qos),
  });
}

async function freezeOne(qos: number): Promise<void> {
  await using server = await startServer(configFrom({
    server: {
      tcp_addr: "127.0.0.1:0",
      ws_enabled: false,
      http_enabled: false,
      health_enabled: false,
    },
    broker: { sys_interval: 0 },
    storage: { type: "memory" },
  }));
  const port = server.addresses[0]!.address.split(":")[1]!;
  await using farm = startFarm(port, qos);
  await farm.ask("subscribe");
  const memory = new MemoryWatch();
  await farm.ask("publish");
  const { received, outOfOrder } = await farm.ask("count") as {
    received: number[];
    outOfOrder: number;
  };
  const growth = memory.stop();
  for (const [index, count] of received.entries()) {
    if (index > 0) assert.equal(count, MESSAGES, `subscriber ${index} lost messages`);
  }
  assert.equal(outOfOrder, 0, "messages out of order");
  assert.ok(growth < GROWTH_BYTES_MAX, `heap and external memory grew by ${growth} bytes`);

  const frozen = await farm.ask("thaw") as { received: number; outOfOrder: number };
  const { dropped } = server.broker.inspector.session("farm-0")!;
  assert.ok(dropped > 0, "the frozen subscriber was never over its bound: the test shows nothing");
  assert.equal(frozen.received + dropped, MESSAGES, `received ${frozen.received}`);
  assert.equal(frozen.outOfOrder, 0);
  const books = server.broker.inspector.accounting();
  assert.equal(books.difference, 0, JSON.stringify(books));
}

/** Samples heap and external memory; the growth is that of the highest sample. */
class MemoryWatch {
  readonly #before = used();
  #highest = this.#before;
  readonly #timer = setInterval(() => {
    this.#highest = Math.max(this.#highest, used());
  }, 50);

  stop(): number {
    clearInterval(this.#timer);
    return this.#highest - this.#before;
  }
}

function used(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

function startFarm(port: string, qos: number) {
  const script = new URL("./support/subscriber_farm.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-net=127.0.0.1",
      script,
      port,
      String(qos),
      String(MESSAGES),
      String(PAYLOAD_BYTES),
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  return {
    async ask(command: string): Promise<unknown> {
      await writer.write(new TextEncoder().encode(`${command}\n`));
      while (!pending.includes("\n")) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the clients ended at "${command}"`);
        pending += value;
      }
      const end = pending.indexOf("\n");
      const line = pending.slice(0, end);
      pending = pending.slice(end + 1);
      return JSON.parse(line);
    },
    async [Symbol.asyncDispose]() {
      await writer.close();
      await reader.cancel();
      await child.status;
    },
  };
}
