import assert from "#assert";
import fc from "fast-check";
import { AWKWARD_NAMES } from "../conformance/fixtures.ts";
import {
  adminKey,
  adminKeyOf,
  adminRange,
  bodyCountKey,
  bodyIdOf,
  bodyKey,
  clientIdOf,
  clientIdOfExpiry,
  clientPart,
  deliveryKey,
  deliveryRange,
  expiryKey,
  expiryRange,
  type KeyRange,
  packetIdOf,
  packetKey,
  retainedKey,
  seqOf,
  sessionKey,
  SessionPart,
  sessionPartOf,
  sessionRange,
  subscriptionKey,
  Tag,
  tagRange,
  topicFilterOf,
  willKey,
} from "./keys.ts";

/** As LevelDB compares keys. */
function compare(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    if (a[at] !== b[at]) return a[at]! - b[at]!;
  }
  return a.length - b.length;
}

function within(key: Uint8Array, { gte, lt }: KeyRange): boolean {
  return compare(key, gte) >= 0 && compare(key, lt) < 0;
}

/** Any string that MQTT can carry; often one that others begin with, or that looks like a key. */
const clientId = fc.oneof(
  fc.constantFrom(...AWKWARD_NAMES, ""),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.string({ unit: fc.constantFrom("a", "/", "\u0001", "\u00ff"), maxLength: 4 }),
  fc.integer({ min: 250, max: 260 }).map((length) => "x".repeat(length)),
  fc.constantFrom("\u00ff".repeat(32_767), "y".repeat(65_535)),
);
const seq = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.maxSafeInteger().map(Math.abs),
  fc.integer({ min: 0, max: 52 }).chain((bit) =>
    fc.integer({ min: -1, max: 1 }).map((by) => Math.max(0, 2 ** bit + by))
  ),
).map((value) => Math.min(value, Number.MAX_SAFE_INTEGER - 1));
const packetId = fc.integer({ min: 1, max: 65_535 });
const due = fc.oneof(
  fc.double({ min: 0, max: 1e15, noNaN: true }),
  fc.integer({ min: 0, max: 1000 }),
);

Deno.test("keys of different things are different keys", () => {
  const thing = fc.oneof(
    fc.tuple(fc.constant("session"), clientId).map(([, id]) => ({
      what: `session ${id}`,
      key: sessionKey(clientPart(id), SessionPart.RECORD),
    })),
    fc.tuple(clientId, clientId).map(([id, filter]) => ({
      what: `subscription ${id.length} ${id} ${filter}`,
      key: subscriptionKey(clientPart(id), filter),
    })),
    fc.tuple(clientId, packetId, fc.constantFrom(3, 4, 5)).map(([id, packet, part]) => ({
      what: `packet ${part} ${packet} ${id}`,
      key: packetKey(clientPart(id), part as 3 | 4 | 5, packet),
    })),
    fc.tuple(clientId, seq).map(([id, number]) => ({
      what: `delivery ${number} ${id}`,
      key: deliveryKey(clientPart(id), number),
    })),
    clientId.map((id) => ({ what: `will ${id}`, key: willKey(clientPart(id)) })),
    clientId.map((topic) => ({ what: `retained ${topic}`, key: retainedKey(topic) })),
    fc.tuple(due, clientId).map(([at, id]) => ({
      what: `expiry ${at} ${id}`,
      key: expiryKey(at, clientPart(id)),
    })),
    seq.map((id) => ({ what: `body ${id}`, key: bodyKey(id) })),
    seq.map((id) => ({ what: `count ${id}`, key: bodyCountKey(id) })),
    fc.tuple(clientId, fc.string()).map(([kind, key]) => ({
      what: `admin ${kind.length} ${kind} ${key}`,
      key: adminKey(kind, key),
    })),
  );
  fc.assert(fc.property(thing, thing, (a, b) => {
    assert.equal(compare(a.key, b.key) === 0, a.what === b.what);
  }));
});

Deno.test("keys give back what they were made of", () => {
  fc.assert(fc.property(clientId, clientId, packetId, seq, due, (id, name, packet, number, at) => {
    const client = clientPart(id);
    assert.equal(clientIdOf(sessionKey(client, SessionPart.SUMMARY)), id);
    assert.equal(clientIdOf(willKey(client)), id);
    assert.equal(clientIdOf(deliveryKey(client, number)), id);
    assert.equal(clientIdOfExpiry(expiryKey(at, client)), id);
    assert.equal(seqOf(deliveryKey(client, number)), number);
    assert.equal(bodyIdOf(bodyCountKey(number)), number);
    assert.equal(topicFilterOf(subscriptionKey(client, name)), name);
    assert.equal(adminKeyOf(adminKey(name, id)), id);
    for (const part of [SessionPart.INFLIGHT, SessionPart.MOVED, SessionPart.RECEIVED] as const) {
      assert.equal(packetIdOf(packetKey(client, part, packet)), packet);
      assert.equal(sessionPartOf(packetKey(client, part, packet)), part);
    }
  }));
});

Deno.test("deliveryRange holds exactly the client's deliveries behind a seq", () => {
  fc.assert(fc.property(clientId, clientId, seq, seq, (own, other, after, number) => {
    const range = deliveryRange(clientPart(own), after);
    assert.equal(within(deliveryKey(clientPart(own), number), range), number > after);
    const elsewhere = within(deliveryKey(clientPart(other), number), range);
    assert.equal(elsewhere, other === own && number > after);
    assert.ok(!within(sessionKey(clientPart(own), SessionPart.RECORD), range));
  }));
});

Deno.test("deliveryKey orders by seq, over the whole range of numbers", () => {
  fc.assert(fc.property(clientId, seq, seq, (id, a, b) => {
    const client = clientPart(id);
    const order = compare(deliveryKey(client, a), deliveryKey(client, b));
    assert.equal(Math.sign(order), Math.sign(a - b));
  }));
});

Deno.test("sessionRange holds the parts from the first to the last of one client only", () => {
  const part = fc.constantFrom(...Object.values(SessionPart));
  fc.assert(
    fc.property(clientId, clientId, part, part, part, packetId, (own, other, a, b, is, id) => {
      const range = sessionRange(clientPart(own), a, b);
      const made = keyOfPart(own, is, id);
      assert.equal(within(made, range), is >= a && is <= b);
      if (other !== own) assert.ok(!within(keyOfPart(other, is, id), range));
    }),
  );
});

function keyOfPart(clientId: string, part: SessionPart, packetId: number): Uint8Array {
  const client = clientPart(clientId);
  switch (part) {
    case SessionPart.RECORD:
    case SessionPart.SUMMARY:
      return sessionKey(client, part);
    case SessionPart.SUBSCRIPTION:
      return subscriptionKey(client, `\u00ff${packetId}`);
    default:
      return packetKey(client, part, packetId);
  }
}

Deno.test("tagRange holds every key with its tag and no other", () => {
  const keys: readonly [Tag, Uint8Array][] = [
    [Tag.SESSION, sessionKey(clientPart("a"), SessionPart.RECORD)],
    [Tag.DELIVERY, deliveryKey(clientPart("y".repeat(65_535)), 1)],
    [Tag.EXPIRY, expiryKey(1e15, clientPart("a"))],
    [Tag.WILL, willKey(clientPart("a"))],
    [Tag.RETAINED, retainedKey("\u{10ffff}")],
    [Tag.BODY, bodyKey(Number.MAX_SAFE_INTEGER)],
    [Tag.BODY_COUNT, bodyCountKey(0)],
    [Tag.ADMIN, adminKey("kind", "\uffff")],
  ];
  for (const [tag, key] of keys) {
    for (const [other] of keys) assert.equal(within(key, tagRange(other)), tag === other);
  }
});

Deno.test("expiryRange holds what is due at that time or before", () => {
  fc.assert(fc.property(clientId, due, due, (id, at, now) => {
    assert.equal(within(expiryKey(at, clientPart(id)), expiryRange(now)), at <= now);
  }));
});

Deno.test("adminKey orders like strings of JavaScript do, and adminRange goes on behind a key", () => {
  // Half surrogates too: keys of administration may be anything.
  const key = fc.oneof(
    fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 3 }),
    fc.string({ unit: fc.constantFrom("a", "\0", "\uffff"), maxLength: 3 }),
  );
  fc.assert(fc.property(clientId, clientId, key, key, (kind, other, a, b) => {
    const order = compare(adminKey(kind, a), adminKey(kind, b));
    assert.equal(order < 0, a < b);
    assert.equal(within(adminKey(kind, a), adminRange(kind, b)), a > b);
    assert.equal(within(adminKey(other, a), adminRange(kind, undefined)), other === kind);
  }));
});
