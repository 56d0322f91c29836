import assert from "#assert";
import fc from "fast-check";
import type { Delivery } from "../../mqtt/delivery.ts";
import { Message } from "../../mqtt/message.ts";
import type { MessageProperties, WillProperties } from "../../mqtt/properties.ts";
import type { Subscription } from "../../mqtt/subscription.ts";
import { assertMessages } from "../conformance/fixtures.ts";
import type { SessionRecord, WillRecord } from "../store.ts";
import { RecordError } from "./errors.ts";
import * as records from "./records.ts";

/** What an MQTT string can be. */
const text = fc.string({ unit: "binary", maxLength: 12 }).filter((value) => !value.includes("\0"));
const bytes = fc.uint8Array({ maxLength: 300 });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const time = fc.double({ min: 0, max: 1e14, noNaN: true, noDefaultInfinity: true });
const whole = fc.maxSafeInteger().map(Math.abs);
const qos = fc.constantFrom(0 as const, 1 as const, 2 as const);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const messageProperties: fc.Arbitrary<MessageProperties> = fc.record({
  payloadFormatIndicator: fc.constantFrom(0 as const, 1 as const),
  contentType: text,
  responseTopic: text.map((value) => `r${value.replaceAll(/[+#]/g, "-")}`),
  correlationData: bytes,
  userProperties: fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 }),
}, { requiredKeys: [] });

const message = fc.record({
  topic: text,
  payload: bytes,
  qos,
  retain: fc.boolean(),
  properties: messageProperties,
  publisher: maybe(text),
  receivedAt: time,
  expiresAt: maybe(time),
}).chain((init) =>
  whole.map((id) => {
    const made = new Message(init);
    made.id = id;
    return made;
  })
);

const delivery: fc.Arbitrary<Delivery> = fc.record({
  message,
  qos,
  retain: fc.boolean(),
  subscriptionIdentifiers: fc.array(fc.integer({ min: 1, max: 268_435_455 }), { maxLength: 4 }),
  share: maybe(text),
});

function assertDelivery(actual: records.StoredDelivery, expected: Delivery, shared: boolean) {
  const { message: _a, bodyId, ...facts } = actual;
  const { message: _e, ...expectedFacts } = expected;
  assert.deepEqual(facts, expectedFacts);
  assert.equal(bodyId, shared ? expected.message.id : 0);
  if (!shared) assertMessages([actual.message!], [expected.message]);
  else assert.equal(actual.message, undefined);
}

Deno.test("encodeMessage keeps every fact, the order of user properties and empty values", () => {
  fc.assert(fc.property(message, (made) => {
    const read = records.decodeMessage(records.encodeMessage(made));
    assertMessages([read], [made]);
    assert.equal(read.cost, made.cost, "a queue that was read back counts the same bytes");
  }));
});

Deno.test("decodeMessage gives plain bytes, whatever LevelDB gives", () => {
  const made = new Message({
    topic: "t",
    payload: Uint8Array.of(1, 2),
    qos: 0,
    retain: false,
    receivedAt: 0,
  });
  const record = records.encodeMessage(made);
  // A view that does not start at 0 of a larger buffer.
  const larger = new Uint8Array(record.length + 7);
  larger.set(record, 7);
  assert.deepEqual(records.decodeMessage(larger.subarray(7)).payload, Uint8Array.of(1, 2));
});

Deno.test("encodeDelivery keeps every fact, with its message or the id of its body", () => {
  fc.assert(fc.property(delivery, fc.boolean(), (made, inline) => {
    const shared = !inline && made.message.id > 0;
    const record = records.encodeDelivery(made, shared);
    assertDelivery(records.decodeDelivery(record), made, shared);
    assert.deepEqual(records.decodeDeliveryHead(record), {
      cost: made.message.cost,
      bodyId: shared ? made.message.id : 0,
    });
  }));
});

Deno.test("encodeInflight keeps seq and delivery, or that it was released", () => {
  fc.assert(fc.property(whole, maybe(delivery), fc.boolean(), (seq, made, inline) => {
    const shared = !inline && made !== undefined && made.message.id > 0;
    const record = records.encodeInflight(seq, made, shared);
    const read = records.decodeInflight(record);
    assert.equal(read.seq, seq);
    if (made === undefined) assert.equal(read.delivery, undefined);
    else assertDelivery(read.delivery!, made, shared);
    assert.deepEqual(records.decodeInflightHead(record), {
      seq,
      released: made === undefined,
      bodyId: shared ? made!.message.id : 0,
    });
  }));
});

Deno.test("encodeMoved, encodeSummary and encodeNumber keep their numbers", () => {
  fc.assert(fc.property(whole, whole, whole, fc.boolean(), (a, b, c, released) => {
    const moved = { seq: a, bodyId: b, released };
    assert.deepEqual(records.decodeMoved(records.encodeMoved(moved)), moved);
    const summary = { count: a, bytes: b, lastSeq: c };
    assert.deepEqual(records.decodeSummary(records.encodeSummary(summary)), summary);
    assert.equal(records.decodeNumber("number", records.encodeNumber(a)), a);
  }));
});

Deno.test("encodeSession keeps every field", () => {
  const session: fc.Arbitrary<SessionRecord> = fc.record({
    clientId: text,
    epoch: whole,
    protocolVersion: fc.constantFrom(3 as const, 4 as const, 5 as const),
    username: maybe(text),
    cleanStart: fc.boolean(),
    expiryInterval: uint32,
    connected: fc.boolean(),
    connectedAt: time,
    disconnectedAt: maybe(time),
    receiveMaximum: fc.integer({ min: 1, max: 65_535 }),
    maximumPacketSize: maybe(uint32),
    topicAliasMaximum: fc.integer({ min: 0, max: 65_535 }),
    requestResponseInformation: fc.boolean(),
    requestProblemInformation: fc.boolean(),
  });
  fc.assert(fc.property(session, (record) => {
    const read = records.decodeSession(record.clientId, records.encodeSession(record));
    assert.deepEqual(read, { ...record });
  }));
});

Deno.test("encodeSubscription keeps every field and the position", () => {
  const subscription: fc.Arbitrary<Subscription> = fc.record({
    filter: text,
    shareName: maybe(text),
    subscriptionIdentifier: maybe(fc.integer({ min: 1, max: 268_435_455 })),
    qos,
    noLocal: fc.boolean(),
    retainAsPublished: fc.boolean(),
    retainHandling: fc.constantFrom(0 as const, 1 as const, 2 as const),
  }).map(({ filter, shareName, ...options }) => ({
    ...options,
    shareName,
    matchFilter: filter,
    topicFilter: shareName === undefined ? filter : `$share/${shareName}/${filter}`,
  }));
  fc.assert(fc.property(subscription, whole, whole, (made, batch, index) => {
    const position = { batch, index };
    const record = records.encodeSubscription(position, made);
    assert.deepEqual(records.decodeSubscription(made.topicFilter, record), {
      position,
      subscription: made,
    });
    assert.deepEqual(records.decodePosition(record), position);
  }));
});

Deno.test("encodeWill keeps every field", () => {
  const willProperties: fc.Arbitrary<WillProperties> = fc.tuple(
    messageProperties,
    fc.record({ willDelayInterval: uint32, messageExpiryInterval: uint32 }, { requiredKeys: [] }),
  ).map(([forwarded, own]) => ({ ...forwarded, ...own }));
  const will: fc.Arbitrary<WillRecord> = fc.record({
    clientId: text,
    username: maybe(text),
    dueAt: maybe(time),
    will: fc.record({
      topic: text,
      payload: bytes,
      qos,
      retain: fc.boolean(),
      properties: willProperties,
    }),
  });
  fc.assert(fc.property(will, (record) => {
    const read = records.decodeWill(record.clientId, records.encodeWill(record));
    const plain = (of: WillRecord) => ({
      ...of,
      will: { ...of.will, properties: { ...of.will.properties } },
    });
    assert.deepEqual(plain(read), plain(record));
  }));
});

Deno.test("encodeJson keeps any JSON value", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const plain = JSON.parse(JSON.stringify(value));
    assert.deepEqual(records.decodeJson(records.encodeJson(value)), plain);
  }));
});

Deno.test("a record of an unknown version says so", () => {
  const record = records.encodeNumber(5);
  record[0] = 99;
  assert.throws(() => records.decodeNumber("count", record), {
    name: "RecordError",
    message: /^a stored count has the record version 99/,
  });
});

Deno.test("bytes that are no record throw RecordError and nothing else", () => {
  const decoders: ((bytes: Uint8Array) => unknown)[] = [
    (data) => records.decodeNumber("number", data),
    records.decodeMessage,
    records.decodeDelivery,
    records.decodeDeliveryHead,
    records.decodeInflight,
    records.decodeInflightHead,
    records.decodeMoved,
    records.decodeSummary,
    (data) => records.decodeSession("c", data),
    (data) => records.decodeSubscription("f", data),
    (data) => records.decodeWill("c", data),
    records.decodeJson,
  ];
  const data = fc.uint8Array({ maxLength: 60 }).map((rest) => Uint8Array.of(1, ...rest));
  fc.assert(
    fc.property(data, fc.constantFrom(...decoders), (record, decode) => {
      try {
        decode(record);
      } catch (error) {
        assert.ok(error instanceof RecordError, String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a value that cannot be encoded leaves nothing behind for the next record", () => {
  const broken = new Message({
    topic: "half a \ud800 pair",
    payload: new Uint8Array(0),
    qos: 0,
    retain: false,
    receivedAt: 0,
  });
  assert.throws(() => records.encodeMessage(broken));
  assert.deepEqual(records.decodeNumber("number", records.encodeNumber(7)), 7);
});
