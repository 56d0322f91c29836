import assert from "#assert";
import { TestBroker } from "../../tests/support/test_broker.ts";
import { SeededRandom } from "../base/random.ts";
import { DropStatistics } from "./drop_statistics.ts";
import { TopCounts } from "./top_counts.ts";

Deno.test("TopCounts counts exactly while there is room", () => {
  const counts = new TopCounts(2);
  for (const key of ["a", "b", "a", "c", "a", "b"]) counts.add(key);
  assert.deepEqual(counts.top(2), [
    { key: "a", count: 3, error: 0 },
    { key: "b", count: 2, error: 0 },
  ]);
  assert.equal(counts.top(9).length, 3);
});

Deno.test("TopCounts finds the frequent keys among a hundred thousand, within its error", () => {
  const random = new SeededRandom(5);
  const counts = new TopCounts(50);
  const exact = new Map<string, number>();
  for (let step = 0; step < 100_000; step++) {
    const key = random.below(2) === 0
      ? `often${random.below(10)}`
      : `seldom${random.below(50_000)}`;
    counts.add(key);
    exact.set(key, (exact.get(key) ?? 0) + 1);
    assert.ok(counts.size <= 100);
  }
  const top = counts.top(10);
  assert.deepEqual(
    top.map(({ key }) => key).sort(),
    Array.from({ length: 10 }, (_, n) => `often${n}`),
  );
  for (const { key, count, error } of counts.top(100)) {
    const real = exact.get(key)!;
    assert.ok(real <= count && real >= count - error, key);
  }
});

Deno.test("DropStatistics counts by reason, client and topic", async () => {
  const drops = new DropStatistics();
  await using broker = await TestBroker.start({
    observer: { messageDropped: (...args) => drops.messageDropped(...args) },
    limits: { queue: { messagesMax: 1, bytesMax: 10_000 } },
  });
  for (const clientId of ["a", "b"]) {
    const client = await broker.connect({
      clientId,
      properties: { sessionExpiryInterval: 60 },
    });
    await client.subscribe(clientId === "a" ? ["t", "u"] : ["t"], { qos: 1 });
    await client.send({ cmd: "disconnect" });
    await client.expectClosed();
  }
  const publisher = await broker.connect();
  for (const [topic, qos] of [["t", 1], ["t", 1], ["u", 0]] as const) {
    await publisher.publish(topic, "x", { qos });
  }
  await publisher.ping();
  assert.equal(drops.byReason.queue_full, 2);
  assert.equal(drops.byReason.qos0_offline, 1);
  assert.deepEqual(drops.clients(1), [{ key: "a", count: 2, error: 0 }]);
  assert.deepEqual(drops.topics(5).map(({ key, count }) => [key, count]), [["t", 2], ["u", 1]]);
});
