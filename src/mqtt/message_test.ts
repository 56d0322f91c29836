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
