/**
 * Every key of the database. Nothing else in the project makes or takes apart a key.
 *
 * A key is a tag byte and its parts. A client id is written with its length in front, so no id is
 * ever the beginning of another one's keys, whatever bytes it has; numbers are big-endian, so that
 * the order of the bytes is the order of the numbers. All that is small and belongs to one session
 * lies together: one range read brings it back after a start. Deliveries, which are many, lie
 * together elsewhere, in the order in which they leave.
 *
 *     00 name                          what the database says about itself
 *     10 client 01                     the session's record
 *     10 client 02                     summary of its queue
 *     10 client 03 packet id           in flight, never queued: with its delivery
 *     10 client 04 packet id           in flight, came from the queue: where its delivery lies
 *     10 client 05 packet id           received at QoS 2, not released
 *     10 client 06 filter              subscription
 *     20 client seq                    queued delivery
 *     30 due client                    sessions by the time of their expiry
 *     31 client                        will
 *     40 topic                         retained message
 *     50 id / 51 id                    body that several deliveries share / how many do
 *     60 kind key                      what administration keeps
 *
 * Keys are for a short time: see {@linkcode slabBytes}.
 */

import { slabBytes } from "../../base/slab.ts";

/** The first byte of a key. */
export const Tag = {
  META: 0x00,
  SESSION: 0x10,
  DELIVERY: 0x20,
  EXPIRY: 0x30,
  WILL: 0x31,
  RETAINED: 0x40,
  BODY: 0x50,
  BODY_COUNT: 0x51,
  ADMIN: 0x60,
} as const;
export type Tag = (typeof Tag)[keyof typeof Tag];

/** What follows the client in a key of {@linkcode Tag.SESSION}. */
export const SessionPart = {
  RECORD: 0x01,
  SUMMARY: 0x02,
  INFLIGHT: 0x03,
  MOVED: 0x04,
  RECEIVED: 0x05,
  SUBSCRIPTION: 0x06,
} as const;
export type SessionPart = (typeof SessionPart)[keyof typeof SessionPart];

/** Behind every key that starts with the bytes in front of it: no part begins with this byte. */
const BEHIND_ALL = 0xff;

/** A half-open range of keys. */
export interface KeyRange {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The format version: the first thing that is read. */
export const FORMAT_KEY = metaKey("format");
/** The number of the newest batch. It is the first entry of every batch that is written. */
export const BATCH_NUMBER_KEY = metaKey("batch");

function metaKey(name: string): Uint8Array {
  return Uint8Array.of(Tag.META, ...encoder.encode(name));
}

/** All keys with `tag`. */
export function tagRange(tag: Tag): KeyRange {
  return { gte: Uint8Array.of(tag), lt: Uint8Array.of(tag + 1) };
}

/** A client id as it stands in keys; made once and used for all keys of the client. */
export function clientPart(clientId: string): Uint8Array {
  const text = encoder.encode(clientId);
  const part = new Uint8Array(2 + text.length);
  part[0] = text.length >>> 8;
  part[1] = text.length;
  part.set(text, 2);
  return part;
}

/** `10 client part`: the record or the summary. */
export function sessionKey(
  client: Uint8Array,
  part: typeof SessionPart.RECORD | typeof SessionPart.SUMMARY,
): Uint8Array {
  return sessionPrefix(client, part, 0);
}

/** `10 client part packetId`. */
export function packetKey(
  client: Uint8Array,
  part: typeof SessionPart.INFLIGHT | typeof SessionPart.MOVED | typeof SessionPart.RECEIVED,
  packetId: number,
): Uint8Array {
  const key = sessionPrefix(client, part, 2);
  key[key.length - 2] = packetId >>> 8;
  key[key.length - 1] = packetId;
  return key;
}

export function subscriptionKey(client: Uint8Array, topicFilter: string): Uint8Array {
  const filter = encoder.encode(topicFilter);
  const key = sessionPrefix(client, SessionPart.SUBSCRIPTION, filter.length);
  key.set(filter, key.length - filter.length);
  return key;
}

/** The session's keys from `first` to `last`, both included. */
export function sessionRange(
  client: Uint8Array,
  first: SessionPart,
  last: SessionPart,
): KeyRange {
  return { gte: sessionPrefix(client, first, 0), lt: sessionPrefix(client, last + 1, 0) };
}

export function deliveryKey(client: Uint8Array, seq: number): Uint8Array {
  const key = slabBytes(1 + client.length + 8);
  key[0] = Tag.DELIVERY;
  key.set(client, 1);
  writeUint64(key, key.length - 8, seq);
  return key;
}

/** The client's deliveries with a larger `seq` than `afterSeq`. */
export function deliveryRange(client: Uint8Array, afterSeq: number): KeyRange {
  const prefix = new Uint8Array(1 + client.length);
  prefix[0] = Tag.DELIVERY;
  prefix.set(client, 1);
  return { gte: deliveryKey(client, afterSeq + 1), lt: concat(prefix, BEHIND_ALL) };
}

/** `due`: milliseconds since the epoch, not negative. */
export function expiryKey(due: number, client: Uint8Array): Uint8Array {
  const key = new Uint8Array(9 + client.length);
  key[0] = Tag.EXPIRY;
  // The bits of doubles that are not negative have the order of their values.
  new DataView(key.buffer).setFloat64(1, due);
  key.set(client, 9);
  return key;
}

/** Everything that is due at `now` or was before. */
export function expiryRange(now: number): KeyRange {
  const lt = expiryKey(now, new Uint8Array(0));
  increment(lt);
  return { gte: Uint8Array.of(Tag.EXPIRY), lt };
}

export function willKey(client: Uint8Array): Uint8Array {
  const key = new Uint8Array(1 + client.length);
  key[0] = Tag.WILL;
  key.set(client, 1);
  return key;
}

export function retainedKey(topic: string): Uint8Array {
  const text = encoder.encode(topic);
  const key = new Uint8Array(1 + text.length);
  key[0] = Tag.RETAINED;
  key.set(text, 1);
  return key;
}

export function bodyKey(id: number): Uint8Array {
  return idKey(Tag.BODY, id);
}

export function bodyCountKey(id: number): Uint8Array {
  return idKey(Tag.BODY_COUNT, id);
}

/**
 * `kind` is short and file-name safe, `key` any string. It is written in UTF-16, which makes the
 * order of the bytes that of JavaScript's `<`, for half surrogate pairs too.
 */
export function adminKey(kind: string, key: string): Uint8Array {
  const prefix = adminPrefix(kind);
  const bytes = new Uint8Array(prefix.length + 2 * key.length);
  bytes.set(prefix);
  for (let index = 0, at = prefix.length; index < key.length; index++) {
    const unit = key.charCodeAt(index);
    bytes[at++] = unit >>> 8;
    bytes[at++] = unit;
  }
  return bytes;
}

/** The keys of `kind` behind `after`, or all of them. */
export function adminRange(kind: string, after: string | undefined): KeyRange {
  const prefix = adminPrefix(kind);
  const lt = new Uint8Array(prefix);
  increment(lt);
  // A zero byte makes the next possible key: no key has an odd number of bytes.
  return { gte: after === undefined ? prefix : concat(adminKey(kind, after), 0), lt };
}

function adminPrefix(kind: string): Uint8Array {
  return concat(Uint8Array.of(Tag.ADMIN), ...clientPart(kind));
}

/** The smallest sequence of bytes behind all that start with `bytes`; the last byte is not the largest. */
function increment(bytes: Uint8Array): void {
  for (let at = bytes.length - 1; at >= 0; at--) {
    bytes[at]!++;
    if (bytes[at] !== 0) return;
  }
}

/** The client id in a key of the tags SESSION, DELIVERY and WILL. */
export function clientIdOf(key: Uint8Array): string {
  return decoder.decode(key.subarray(3, clientEnd(key, 1)));
}

/** The client id in a key of the tag EXPIRY. */
export function clientIdOfExpiry(key: Uint8Array): string {
  return decoder.decode(key.subarray(11, clientEnd(key, 9)));
}

/** Whether two keys of the tag SESSION belong to the same session. */
export function sameSession(a: Uint8Array, b: Uint8Array): boolean {
  const end = clientEnd(a, 1);
  if (end !== clientEnd(b, 1)) return false;
  for (let at = 3; at < end; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Which part of a session a key of the tag SESSION is. */
export function sessionPartOf(key: Uint8Array): SessionPart {
  return key[clientEnd(key, 1)] as SessionPart;
}

/** The packet id at the end of a key. */
export function packetIdOf(key: Uint8Array): number {
  return key[key.length - 2]! << 8 | key[key.length - 1]!;
}

export function topicFilterOf(key: Uint8Array): string {
  return decoder.decode(key.subarray(clientEnd(key, 1) + 1));
}

/** The seq at the end of a delivery's key. */
export function seqOf(key: Uint8Array): number {
  return readUint64(key, key.length - 8);
}

/** The id at the end of a key of the tags BODY and BODY_COUNT. */
export function bodyIdOf(key: Uint8Array): number {
  return readUint64(key, key.length - 8);
}

export function adminKeyOf(key: Uint8Array): string {
  let text = "";
  for (let at = clientEnd(key, 1); at < key.length; at += 2) {
    text += String.fromCharCode(key[at]! << 8 | key[at + 1]!);
  }
  return text;
}

/** Where the client part that starts at `at` ends. */
function clientEnd(key: Uint8Array, at: number): number {
  return at + 2 + (key[at]! << 8 | key[at + 1]!);
}

function sessionPrefix(client: Uint8Array, part: number, more: number): Uint8Array {
  const key = slabBytes(2 + client.length + more);
  key[0] = Tag.SESSION;
  key.set(client, 1);
  key[1 + client.length] = part;
  return key;
}

function idKey(tag: Tag, id: number): Uint8Array {
  const key = slabBytes(9);
  key[0] = tag;
  writeUint64(key, 1, id);
  return key;
}

function writeUint64(bytes: Uint8Array, at: number, value: number): void {
  let high = Math.floor(value / 2 ** 32);
  let low = value >>> 0;
  for (let index = 3; index >= 0; index--) {
    bytes[at + index] = high;
    bytes[at + 4 + index] = low;
    high >>>= 8;
    low >>>= 8;
  }
}

function readUint64(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let index = 0; index < 8; index++) value = value * 256 + bytes[at + index]!;
  return value;
}

function concat(bytes: Uint8Array, ...more: number[]): Uint8Array {
  const all = new Uint8Array(bytes.length + more.length);
  all.set(bytes);
  all.set(more, bytes.length);
  return all;
}
