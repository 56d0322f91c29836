import {
  adminKeyOf,
  bodyIdOf,
  clientIdOf,
  clientIdOfExpiry,
  packetIdOf,
  seqOf,
  SessionPart,
  sessionPartOf,
  Tag,
  topicFilterOf,
} from "./keys.ts";
import type { KeySpan } from "./scan/finding.ts";

/** What a key stands for, for a person. Takes any bytes: keys of an index may be cut short. */
export function describeKey(key: Uint8Array): string {
  try {
    return describeWhole(key) ?? bytesOf(key);
  } catch {
    return bytesOf(key);
  }
}

/** `after session "a" up to retained message "b/c"`. */
export function describeKeys({ after, to }: KeySpan): string {
  const from = after === undefined ? "from the first" : `after ${describeKey(after)}`;
  return `${from} up to ${describeKey(to)}`;
}

function describeWhole(key: Uint8Array): string | undefined {
  switch (key[0]) {
    case Tag.META:
      return "the database's own records";
    case Tag.SESSION:
      return `${describePart(key)} of session ${JSON.stringify(clientIdOf(key))}`;
    case Tag.DELIVERY:
      return `message ${seqOf(key)} for session ${JSON.stringify(clientIdOf(key))}`;
    case Tag.EXPIRY:
      return `expiry of session ${JSON.stringify(clientIdOfExpiry(key))}`;
    case Tag.WILL:
      return `will of client ${JSON.stringify(clientIdOf(key))}`;
    case Tag.RETAINED:
      return `retained message ${JSON.stringify(textOf(key.subarray(1)))}`;
    case Tag.BODY:
      return `message body ${bodyIdOf(key)}`;
    case Tag.BODY_COUNT:
      return `count of message body ${bodyIdOf(key)}`;
    case Tag.ADMIN:
      return `administration record ${JSON.stringify(adminKeyOf(key))}`;
    default:
      return undefined;
  }
}

function describePart(key: Uint8Array): string {
  switch (sessionPartOf(key)) {
    case SessionPart.RECORD:
      return "record";
    case SessionPart.SUMMARY:
      return "summary";
    case SessionPart.INFLIGHT:
    case SessionPart.MOVED:
      return `packet ${packetIdOf(key)} in flight`;
    case SessionPart.RECEIVED:
      return `received packet ${packetIdOf(key)}`;
    case SessionPart.SUBSCRIPTION:
      return `subscription ${JSON.stringify(topicFilterOf(key))}`;
    default:
      return "records";
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function bytesOf(key: Uint8Array): string {
  return `key ${key.toHex()}`;
}
