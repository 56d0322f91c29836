/** What a wrong clock does to what is stored: many small computers start with an old time. */
import assert from "#assert";
import { FakeClock } from "../../src/base/fake_clock.ts";
import { silentLogger } from "../../src/base/log.ts";
import { openLevelStore } from "../../src/storage/leveldb/level_store.ts";
import { durable, payloads, publish, receive } from "../support/exchange.ts";
import { TestBroker } from "../support/test_broker.ts";

const CLIENTS = ["first", "second"];

/** A broker on the store in `directory`, with a clock that begins at the same time again. */
async function withBroker(
  directory: string,
  run: (broker: TestBroker) => Promise<void>,
): Promise<void> {
  const clock = new FakeClock();
  const options = {
    directory,
    sync: "always",
    syncIntervalMs: 0,
    checkOnStartBytes: Infinity,
    clock,
    log: silentLogger,
  } as const;
  await using store = await openLevelStore(options);
  await using broker = await TestBroker.start({ store, clock });
  await run(broker);
}

Deno.test("Broker: a message does not get the contents of one that a broker with a later clock has stored", async () => {
  const directory = await Deno.makeTempDir({ prefix: "tidemq-clock-" });
  try {
    await withBroker(directory, async (broker) => {
      for (const clientId of CLIENTS) {
        const client = await broker.connect(durable(5, clientId));
        await client.subscribe("t", { qos: 1 });
        await client.disconnect();
      }
      await publish(await broker.connect(), "t", "old", { qos: 1 });
    });
    await withBroker(directory, async (broker) => {
      await publish(await broker.connect(), "t", "new", { qos: 1 });
      for (const clientId of CLIENTS) {
        const client = await broker.connect(durable(5, clientId));
        assert.deepEqual(payloads([await receive(client), await receive(client)]), ["old", "new"]);
      }
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
