import assert from "#assert";
import fc from "fast-check";
import { InvariantError } from "../base/invariant.ts";
import { testDelivery } from "./delivery_fixture.ts";
import {
  type AckOutcome,
  Outbound,
  type OutboundRecord,
  type OutboundState,
  PACKET_ID_MAX,
} from "./outbound.ts";

/** An `Outbound` with one record in the state that a row of the table begins with. */
type Situation = "free" | "starting" | "published/1" | "published/2" | "released";
type Answer = "PUBACK" | "PUBACK >= 0x80" | "PUBREC" | "PUBREC >= 0x80" | "PUBCOMP";

const ID = 1;

function inSituation(situation: Situation): { outbound: Outbound; record?: OutboundRecord } {
  const outbound = new Outbound();
  outbound.attach(10);
  if (situation === "free") return { outbound };
  const qos = situation === "published/1" ? 1 : 2;
  const record = outbound.start(testDelivery("m", { qos }), 1);
  assert.equal(record.packetId, ID);
  record.committed = true;
  if (situation !== "starting") outbound.sent(outbound.nextStarted()!, 1000);
  if (situation === "released") outbound.pubrec(ID, false);
  return { outbound, record };
}

function answer(outbound: Outbound, event: Answer): AckOutcome {
  switch (event) {
    case "PUBACK":
      return outbound.puback(ID, false);
    case "PUBACK >= 0x80":
      return outbound.puback(ID, true);
    case "PUBREC":
      return outbound.pubrec(ID, false);
    case "PUBREC >= 0x80":
      return outbound.pubrec(ID, true);
    case "PUBCOMP":
      return outbound.pubcomp(ID);
  }
}

/** Every cell: what the answer means, and the state that is left (undefined: free). */
const TABLE: Record<Situation, Record<Answer, [AckOutcome["kind"], OutboundState | undefined]>> = {
  "free": {
    "PUBACK": ["unknown", undefined],
    "PUBACK >= 0x80": ["unknown", undefined],
    "PUBREC": ["unknown", undefined],
    "PUBREC >= 0x80": ["unknown", undefined],
    "PUBCOMP": ["unknown", undefined],
  },
  "starting": {
    "PUBACK": ["violation", "starting"],
    "PUBACK >= 0x80": ["violation", "starting"],
    "PUBREC": ["violation", "starting"],
    "PUBREC >= 0x80": ["violation", "starting"],
    "PUBCOMP": ["violation", "starting"],
  },
  "published/1": {
    "PUBACK": ["completed", undefined],
    "PUBACK >= 0x80": ["refused", undefined],
    "PUBREC": ["violation", "published"],
    "PUBREC >= 0x80": ["violation", "published"],
    "PUBCOMP": ["violation", "published"],
  },
  "published/2": {
    "PUBACK": ["violation", "published"],
    "PUBACK >= 0x80": ["violation", "published"],
    "PUBREC": ["released", "released"],
    "PUBREC >= 0x80": ["refused", undefined],
    "PUBCOMP": ["violation", "published"],
  },
  "released": {
    "PUBACK": ["violation", "released"],
    "PUBACK >= 0x80": ["violation", "released"],
    "PUBREC": ["released", "released"],
    "PUBREC >= 0x80": ["refused", undefined],
    "PUBCOMP": ["completed", undefined],
  },
};

for (const [situation, row] of Object.entries(TABLE)) {
  for (const [event, [kind, next]] of Object.entries(row)) {
    Deno.test(`Outbound: ${event} when ${situation} is ${kind} and leaves it ${next ?? "free"}`, () => {
      const { outbound, record } = inSituation(situation as Situation);
      const outcome = answer(outbound, event as Answer);
      assert.equal(outcome.kind, kind);
      assert.equal(outbound.get(ID)?.state, next);
      assert.equal(outbound.size, next === undefined ? 0 : 1);
      if ("record" in outcome) assert.equal(outcome.record, record);
      if (outcome.kind === "violation") assert.match(outcome.text, /packet id 1 /);
    });
  }
}

Deno.test("Outbound: PUBREC and the end of a delivery hand out the delivery as long as there is one", () => {
  const first = inSituation("published/2");
  const delivery = first.record!.delivery;
  const released = first.outbound.pubrec(ID, false);
  assert.ok(released.kind === "released" && released.delivery === delivery);
  assert.equal(first.record!.delivery, undefined, "the message is let go");
  const again = first.outbound.pubrec(ID, false);
  assert.ok(again.kind === "released" && again.delivery === undefined);
  const completed = first.outbound.pubcomp(ID);
  assert.ok(completed.kind === "completed" && completed.delivery === undefined);

  const second = inSituation("published/1");
  const refused = second.outbound.puback(ID, true);
  assert.ok(refused.kind === "refused" && refused.delivery === second.record!.delivery);
});

Deno.test("Outbound.start takes a packet id and makes the window smaller", () => {
  const outbound = new Outbound();
  assert.equal(outbound.open, false, "nothing may be started without a connection");
  outbound.attach(2);
  assert.deepEqual([outbound.window, outbound.open], [2, true]);
  const first = outbound.start(testDelivery("1"), 1);
  assert.deepEqual([first.state, first.everSent, first.committed], ["starting", false, false]);
  assert.equal(outbound.open, true);
  outbound.start(testDelivery("2", { qos: 2 }), 2);
  assert.equal(outbound.open, false);
  first.committed = true;
  sendStarted(outbound);
  outbound.puback(first.packetId, false);
  assert.equal(outbound.open, true);
  outbound.detach();
  assert.deepEqual([outbound.window, outbound.open], [0, false]);
  assert.throws(() => outbound.start(testDelivery("0", { qos: 0 }), 3), InvariantError);
});

Deno.test("Outbound.sent enters when, and that the message may have arrived", () => {
  const { outbound, record } = inSituation("starting");
  outbound.sent(outbound.nextStarted()!, 5);
  assert.deepEqual(
    [record!.state, record!.everSent, record!.onWire, record!.sentAt],
    ["published", true, true, 5],
  );
  outbound.pubrec(ID, false);
  outbound.sent(record!, 9);
  assert.deepEqual([record!.state, record!.sentAt], ["released", 9], "PUBREL leaves the state");
});

// The next connection

/** Sends all that the backlog gives; the ids in order. */
function drain(outbound: Outbound): number[] {
  const ids: number[] = [];
  for (let next = outbound.nextFromBacklog(); next; next = outbound.nextFromBacklog()) {
    outbound.sent(next, 0);
    ids.push(next.packetId);
  }
  return ids;
}

/** Sends all that may be sent for the first time; the ids in order. */
function sendStarted(outbound: Outbound): number[] {
  const ids: number[] = [];
  for (let next = outbound.nextStarted(); next; next = outbound.nextStarted()) {
    outbound.sent(next, 0);
    ids.push(next.packetId);
  }
  return ids;
}

function started(count: number, qos: 1 | 2 = 1): { outbound: Outbound; records: OutboundRecord[] } {
  const outbound = new Outbound();
  outbound.attach(count);
  const records = Array.from({ length: count }, (_, index) => {
    const record = outbound.start(testDelivery(`${index}`, { qos }), index + 1);
    record.committed = true;
    return record;
  });
  sendStarted(outbound);
  return { outbound, records };
}

Deno.test("[MQTT-4.4.0-1] Outbound.attach has everything that is unfinished sent again, in order", () => {
  const { outbound, records } = started(4, 2);
  outbound.pubrec(records[1]!.packetId, false);
  outbound.pubrec(records[2]!.packetId, false);
  outbound.pubcomp(records[2]!.packetId);
  outbound.detach();
  assert.equal(outbound.hasBacklog, false, "nothing is sent again without a new connection");
  outbound.attach(10);
  assert.equal(outbound.open, false, "nothing new comes before the backlog");
  assert.deepEqual(drain(outbound), [2, 1, 4], "PUBREL before PUBLISH, else as they were started");
  assert.equal(records[1]!.state, "released");
  assert.equal(outbound.open, true);
});

Deno.test("[MQTT-4.6.0-5] Outbound: records are sent in the order of starting, once committed", () => {
  const outbound = new Outbound();
  outbound.attach(10);
  const records = [1, 2, 3].map((seq) => outbound.start(testDelivery(`${seq}`), seq));
  assert.deepEqual(sendStarted(outbound), []);
  records[1]!.committed = true;
  assert.deepEqual(sendStarted(outbound), [], "the first one holds the second one back");
  records[0]!.committed = true;
  assert.deepEqual(sendStarted(outbound), [1, 2]);
  outbound.drop(records[2]!);
  const last = outbound.start(testDelivery("4"), 4);
  last.committed = true;
  assert.deepEqual(sendStarted(outbound), [last.packetId], "what was dropped holds nobody back");
});

Deno.test("Outbound: what was never sent comes behind the backlog, within the window", () => {
  const { outbound, records } = started(2);
  const late = outbound.start(testDelivery("late"), 3);
  outbound.attach(2);
  late.committed = true;
  assert.deepEqual(sendStarted(outbound), []);
  assert.deepEqual(drain(outbound), [records[0]!.packetId, records[1]!.packetId]);
  assert.deepEqual(sendStarted(outbound), []);
  outbound.puback(records[0]!.packetId, false);
  assert.deepEqual(sendStarted(outbound), [late.packetId]);
  assert.deepEqual([late.state, outbound.nextStarted()], ["published", undefined]);
});

Deno.test("Outbound.takeBackRelease: without a PUBREL that was sent, PUBLISH may come again", () => {
  const { outbound, record } = inSituation("published/2");
  const delivery = record!.delivery!;
  outbound.pubrec(ID, false);
  outbound.takeBackRelease(record!, delivery);
  assert.deepEqual([record!.state, record!.delivery], ["published", delivery]);
  outbound.pubrec(ID, false);
  outbound.pubcomp(ID);
  outbound.takeBackRelease(record!, delivery);
  assert.deepEqual([record!.state, outbound.size], ["released", 0], "too late");
});

Deno.test("[MQTT-4.9.0-2] Outbound: the backlog stops at a smaller window of the new connection", () => {
  const { outbound } = started(4);
  outbound.attach(2);
  assert.deepEqual(drain(outbound), [1, 2]);
  assert.equal(outbound.hasBacklog, true);
  outbound.puback(1, false);
  assert.deepEqual(drain(outbound), [3]);
  outbound.puback(3, false);
  outbound.puback(2, false);
  assert.deepEqual(drain(outbound), [4]);
  assert.deepEqual([outbound.hasBacklog, outbound.open], [false, true]);
});

Deno.test("[MQTT-3.3.4-10] Outbound: PUBREL of the backlog does not wait for the window", () => {
  const { outbound } = started(4, 2);
  outbound.pubrec(3, false);
  outbound.pubrec(4, false);
  outbound.attach(1);
  assert.deepEqual(drain(outbound), [3, 4]);
  outbound.pubcomp(3);
  assert.deepEqual(drain(outbound), [], "the other one still takes the only place");
  outbound.pubcomp(4);
  assert.deepEqual(drain(outbound), [1]);
});

Deno.test("Outbound: what is finished while it waits in the backlog is not sent", () => {
  const { outbound, records } = started(4);
  outbound.attach(1);
  assert.deepEqual(drain(outbound), [1]);
  outbound.drop(records[1]!);
  outbound.puback(1, false);
  assert.deepEqual(drain(outbound), [3]);
});

Deno.test("Outbound.attach forgets what the old connection had on the wire, and its retries", () => {
  const { outbound, records } = started(2);
  records[0]!.retries = 3;
  outbound.attach(2);
  assert.deepEqual([records[0]!.onWire, records[0]!.retries], [false, 0]);
  assert.deepEqual(drain(outbound), [1, 2]);
});

Deno.test("[MQTT-3.3.1-1] Outbound.restore: whatever comes from the store may have been sent", () => {
  const outbound = new Outbound();
  const published = outbound.restore(7, 1, testDelivery("p", { qos: 1 }));
  const released = outbound.restore(9, 2, undefined);
  assert.deepEqual(
    [published.state, published.qos, published.everSent, published.committed],
    ["published", 1, true, true],
  );
  assert.deepEqual([released.state, released.qos], ["released", 2]);
  outbound.attach(10);
  assert.deepEqual(drain(outbound), [9, 7]);
  assert.equal(outbound.start(testDelivery(), 3).packetId, 10, "ids go on behind the last one");
});

Deno.test("Outbound.drop frees the id and its place in the window, once", () => {
  const { outbound, records } = started(2);
  outbound.drop(records[0]!);
  outbound.drop(records[0]!);
  assert.deepEqual([outbound.size, outbound.get(1), outbound.open], [1, undefined, true]);
  const reused = outbound.start(testDelivery(), 9);
  outbound.drop(records[0]!);
  assert.equal(outbound.get(reused.packetId), reused, "an older record does not free a newer one");
});

Deno.test("Outbound.passOn: sent at once, acknowledged like others, nothing kept but the topic", () => {
  const outbound = new Outbound();
  assert.equal(outbound.passes, false, "no connection");
  outbound.attach(2);
  const first = outbound.passOn("a/b", 1, 1);
  assert.equal(outbound.passes, true);
  const second = outbound.passOn("c", 2, 2);
  assert.deepEqual([outbound.passes, outbound.open, outbound.hasBacklog], [false, false, false]);
  assert.equal(outbound.nextStarted(), undefined, "nothing is left to be sent");
  const seen = outbound.records().map(({ packetId, seq, qos, state, passedTopic, delivery }) => [
    packetId,
    seq,
    qos,
    state,
    passedTopic,
    delivery,
  ]);
  assert.deepEqual(seen, [
    [first, 1, 1, "published", "a/b", undefined],
    [second, 2, 2, "published", "c", undefined],
  ]);
  assert.equal(outbound.pubcomp(second).kind, "violation");
  assert.equal(outbound.puback(first, false).kind, "completed");
  assert.equal(outbound.puback(first, false).kind, "unknown");
  assert.equal(outbound.pubrec(second, false).kind, "released");
  assert.equal(outbound.pubcomp(second).kind, "completed");
  // The window is as wide as before.
  for (const seq of [3, 4]) {
    assert.equal(outbound.passes, true);
    outbound.passOn("d", 1, seq);
  }
  assert.deepEqual([outbound.size, outbound.passes], [2, false]);
});

Deno.test("Outbound.passes: not while something older waits", () => {
  const outbound = new Outbound();
  outbound.attach(10);
  const record = outbound.start(testDelivery(), 1);
  assert.equal(outbound.passes, false, "one was started and is not sent");
  record.committed = true;
  outbound.sent(outbound.nextStarted()!, 0);
  assert.equal(outbound.passes, true);
  outbound.attach(10);
  assert.equal(outbound.passes, false, "one has to be sent again");
});

Deno.test("Outbound.clear takes everything out", () => {
  const { outbound, records } = started(3);
  outbound.attach(1);
  assert.deepEqual(outbound.clear(), records);
  assert.deepEqual([outbound.size, outbound.hasBacklog], [0, false]);
});

// Packet ids

Deno.test("[MQTT-2.2.1-4] Outbound: ids go on from 65,535 with 1", () => {
  const outbound = new Outbound();
  outbound.restore(PACKET_ID_MAX - 1, 1, testDelivery());
  const ids = [1, 2, 3].map((seq) => outbound.start(testDelivery(), seq).packetId);
  assert.deepEqual(ids, [PACKET_ID_MAX, 1, 2]);
});

Deno.test("[MQTT-2.2.1-4] Outbound: ids continue where they are told to, past those in use", () => {
  const outbound = new Outbound();
  outbound.restore(500, 1, testDelivery());
  outbound.continueIdsBehind(499);
  assert.deepEqual([2, 3].map((seq) => outbound.start(testDelivery(), seq).packetId), [501, 502]);
  outbound.continueIdsBehind(PACKET_ID_MAX - 1);
  assert.deepEqual([4, 5].map((seq) => outbound.start(testDelivery(), seq).packetId), [
    PACKET_ID_MAX,
    1,
  ]);
});

Deno.test("[MQTT-2.2.1-4] Outbound: the one free id is found, and then there is none", () => {
  const outbound = new Outbound();
  for (let seq = 1; seq <= PACKET_ID_MAX; seq++) outbound.start(testDelivery(), seq);
  assert.equal(outbound.size, PACKET_ID_MAX);
  assert.throws(() => outbound.start(testDelivery(), 0), InvariantError);
  outbound.drop(outbound.get(40_000)!);
  assert.equal(outbound.start(testDelivery(), 0).packetId, 40_000);
});

Deno.test("[MQTT-2.2.1-4] [MQTT-4.3.2-1] [MQTT-4.3.3-1] Outbound: an id in use is never given, nor 0", () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constant({ finish: -1 }) },
    { weight: 2, arbitrary: fc.record({ finish: fc.nat(200) }) },
  );
  const first = fc.integer({ min: PACKET_ID_MAX - 60, max: PACKET_ID_MAX });
  fc.assert(
    fc.property(first, fc.array(step, { minLength: 50, maxLength: 300 }), (lastId, steps) => {
      const outbound = new Outbound();
      const inUse = new Map<number, OutboundRecord>();
      inUse.set(lastId, outbound.restore(lastId, 0, testDelivery()));
      for (const [seq, { finish }] of steps.entries()) {
        if (finish < 0) {
          const record = outbound.start(testDelivery(), seq);
          assert.ok(record.packetId >= 1 && record.packetId <= PACKET_ID_MAX);
          assert.ok(!inUse.has(record.packetId), `id ${record.packetId} is in use`);
          inUse.set(record.packetId, record);
        } else if (inUse.size > 0) {
          const record = [...inUse.values()][finish % inUse.size]!;
          inUse.delete(record.packetId);
          outbound.drop(record);
        }
        assert.equal(outbound.size, inUse.size);
      }
      assert.deepEqual([...outbound.records()], [...inUse.values()], "in the order of starting");
    }),
  );
});
