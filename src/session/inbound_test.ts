import assert from "#assert";
import fc from "fast-check";
import { Inbound } from "./inbound.ts";

Deno.test("Inbound: free, PUBLISH: received, and it counts against the quota", () => {
  const inbound = new Inbound();
  const received = inbound.receive(7);
  assert.equal(inbound.get(7), received);
  assert.deepEqual([inbound.size, inbound.used, received.onWire], [1, 1, true]);
  assert.deepEqual([...inbound.packetIds()], [7]);
});

Deno.test("Inbound: received, PUBLISH again on the same connection: nothing changes", () => {
  const inbound = new Inbound();
  inbound.receiveAgain(inbound.receive(7));
  assert.deepEqual([inbound.size, inbound.used], [1, 1]);
});

Deno.test("Inbound: received, PUBREL or a refusal: free, and the quota is given back", () => {
  const inbound = new Inbound();
  inbound.receive(7);
  assert.equal(inbound.release(7), true);
  assert.deepEqual([inbound.size, inbound.used, inbound.get(7)], [0, 0, undefined]);
});

Deno.test("Inbound: free, PUBREL: still free, and the caller is told", () => {
  const inbound = new Inbound();
  assert.equal(inbound.release(7), false);
  assert.deepEqual([inbound.size, inbound.used], [0, 0]);
});

Deno.test("Inbound: QoS 1 takes a place from its PUBLISH to its PUBACK", () => {
  const inbound = new Inbound();
  inbound.startQos1();
  inbound.startQos1();
  assert.equal(inbound.used, 2);
  inbound.finishQos1();
  assert.equal(inbound.used, 1);
  inbound.finishQos1();
  inbound.finishQos1();
  assert.equal(inbound.used, 0);
});

Deno.test("Inbound.attach: the quota of a new connection is whole, the ids stay", () => {
  const inbound = new Inbound();
  inbound.startQos1();
  const received = inbound.receive(7);
  inbound.attach();
  assert.deepEqual([inbound.used, inbound.size, received.onWire], [0, 1, false]);
  inbound.receiveAgain(received);
  assert.deepEqual([inbound.used, received.onWire], [1, true]);
  inbound.release(7);
  assert.equal(inbound.used, 0);
});

Deno.test("Inbound: PUBREL of an id from an earlier connection gives no quota back", () => {
  const inbound = new Inbound();
  inbound.receive(7);
  inbound.attach();
  inbound.receive(8);
  assert.equal(inbound.release(7), true);
  assert.equal(inbound.used, 1);
});

Deno.test("Inbound.restore: a stored id is known and counts for no connection", () => {
  const inbound = new Inbound();
  inbound.restore(7);
  assert.deepEqual([inbound.size, inbound.used, inbound.get(7)?.onWire], [1, 0, false]);
});

Deno.test("Inbound.takeBackRelease: an id whose release was not stored is in use", () => {
  const inbound = new Inbound();
  inbound.receive(7);
  inbound.release(7);
  inbound.takeBackRelease(7);
  assert.deepEqual([inbound.size, inbound.used], [1, 0]);
  const received = inbound.get(7);
  inbound.takeBackRelease(7);
  assert.equal(inbound.get(7), received, "one that has come again stays");
});

Deno.test("Inbound.clear forgets everything", () => {
  const inbound = new Inbound();
  inbound.startQos1();
  inbound.receive(7);
  inbound.clear();
  assert.deepEqual([inbound.size, inbound.used, inbound.get(7)], [0, 0, undefined]);
});

Deno.test("Inbound: the quota is what is unfinished on this connection, through any events", () => {
  const event = fc.oneof(
    fc.record({ kind: fc.constant("publish"), id: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ kind: fc.constant("pubrel"), id: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ kind: fc.constant("attach"), id: fc.constant(0) }),
  );
  fc.assert(fc.property(fc.array(event, { maxLength: 100 }), (events) => {
    const inbound = new Inbound();
    const known = new Map<number, boolean>();
    for (const { kind, id } of events) {
      if (kind === "publish") {
        const received = inbound.get(id);
        assert.equal(received !== undefined, known.has(id));
        if (received === undefined) inbound.receive(id);
        else inbound.receiveAgain(received);
        known.set(id, true);
      } else if (kind === "pubrel") {
        assert.equal(inbound.release(id), known.delete(id));
      } else {
        inbound.attach();
        for (const each of known.keys()) known.set(each, false);
      }
      assert.equal(inbound.size, known.size);
      assert.equal(inbound.used, [...known.values()].filter((onWire) => onWire).length);
    }
  }));
});
