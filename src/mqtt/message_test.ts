import assert from "#assert";
import { Message } from "./message.ts";

const FACTS = { topic: "t", qos: 1, retain: false, receivedAt: 0 } as const;

Deno.test("Message.retainPayload() copies a payload once, and never one that stays", () => {
  const payload = new Uint8Array(10);
  const read = new Message({ ...FACTS, payload }).retainPayload();
  assert.notEqual(read.payload.buffer, payload.buffer);
  const copy = read.payload;
  assert.equal(read.retainPayload().payload, copy);
  const stored = new Message({ ...FACTS, payload, payloadStays: true }).retainPayload();
  assert.equal(stored.payload, payload);
});

Deno.test("Message.release() gives a large copy back with its last holder, and nothing that stays", () => {
  const payload = new Uint8Array(5_000);
  const read = new Message({ ...FACTS, payload }).retainPayload();
  read.hold();
  read.hold();
  read.release();
  assert.equal(read.payload.length, 5_000);
  read.release();
  assert.equal(read.payload.length, 0);
  const stored = new Message({ ...FACTS, payload, payloadStays: true }).retainPayload();
  stored.hold();
  stored.release();
  assert.equal(stored.payload.length, 5_000, "others may have views into the same memory");
});

Deno.test("Message.separatePayload() takes a small payload out of the memory that it shares", () => {
  const [first, second] = [1, 2].map((value) =>
    new Message({ ...FACTS, payload: new Uint8Array(10).fill(value) }).retainPayload()
  );
  assert.equal(first!.payload.buffer, second!.payload.buffer);
  first!.separatePayload();
  assert.equal(first!.payload.buffer.byteLength, 10);
  assert.deepEqual([...first!.payload, ...second!.payload], [
    ...new Array(10).fill(1),
    ...new Array(10).fill(2),
  ]);
});

Deno.test("Message.retainPayload() gives the payload of a pinned message memory of its own", () => {
  const message = new Message({ ...FACTS, payload: new Uint8Array(10) });
  message.pin();
  assert.equal(message.retainPayload().payload.buffer.byteLength, 10);
});

Deno.test("Message.retainPayload() keeps payloads of every size apart", () => {
  const sizes = [0, 1, 511, 512, 513, 1024];
  const messages = Array.from({ length: 200 }, (_, i) => {
    const payload = new Uint8Array(sizes[i % sizes.length]!).fill(i);
    return new Message({ ...FACTS, payload }).retainPayload();
  });
  for (const [i, { payload }] of messages.entries()) {
    assert.deepEqual([...payload], new Array(sizes[i % sizes.length]).fill(i % 256));
  }
});

Deno.test("[MQTT-3.3.2-6] Message.remainingExpiry() is never more than the interval it came with", () => {
  const message = new Message({
    ...FACTS,
    payload: new Uint8Array(0),
    receivedAt: 1_000_000,
    expiresAt: 1_005_000,
  });
  assert.equal(message.remainingExpiry(1_000_001), 5);
  assert.equal(message.remainingExpiry(1_004_999), 1);
  assert.equal(message.remainingExpiry(1_005_000), 0);
  assert.equal(message.remainingExpiry(0), 5);
});
