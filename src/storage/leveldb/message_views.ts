import type { Delivery } from "../../mqtt/delivery.ts";
import type { Message } from "../../mqtt/message.ts";
import type {
  InflightRecord,
  InflightStore,
  QueueStore,
  QueueSummary,
  RetainedStore,
} from "../store.ts";
import type { Entry, Reader } from "./database.ts";
import {
  bodyKey,
  clientPart,
  deliveryKey,
  deliveryRange,
  packetIdOf,
  retainedKey,
  seqOf,
  sessionKey,
  SessionPart,
  sessionPartOf,
  Tag,
  tagRange,
} from "./keys.ts";
import {
  decodeDelivery,
  decodeInflight,
  decodeMessage,
  decodeMoved,
  decodeSummary,
  type StoredDelivery,
} from "./records.ts";
import { readSessionParts } from "./session_parts.ts";
import type { ViewContext } from "./view_context.ts";

const EMPTY_QUEUE: QueueSummary = { count: 0, bytes: 0, lastSeq: 0 };

export function queueView(context: ViewContext): QueueStore {
  return {
    async summary(clientId) {
      const value = await readSummary(context, clientId);
      return value === undefined ? EMPTY_QUEUE : decodeSummary(value);
    },
    async page(clientId, afterSeq, limit) {
      const database = await context.ready();
      const client = clientPart(clientId);
      return await database.reading(async (snapshot) => {
        const moved = await movedSeqs(context, snapshot, clientId, afterSeq);
        const wanted = limit <= 0 ? 0 : limit + moved.size;
        const entries = await snapshot.range(deliveryRange(client, afterSeq), wanted);
        const stored: [seq: number, delivery: StoredDelivery][] = [];
        for (const [key, value] of entries) {
          const seq = seqOf(key);
          if (moved.has(seq)) continue;
          if (stored.length === limit) break;
          stored.push([seq, decodeDelivery(value)]);
        }
        const complete = await withBodies(context, snapshot, stored);
        return complete.map(([seq, delivery]) => ({ seq, delivery }));
      });
    },
  };
}

async function readSummary(
  context: ViewContext,
  clientId: string,
): Promise<Uint8Array | undefined> {
  const { SUMMARY } = SessionPart;
  const ahead = context.ahead.get(clientId, context.commits);
  if (ahead !== undefined) return ahead.find(([key]) => sessionPartOf(key) === SUMMARY)?.[1];
  const database = await context.ready();
  return await database.get(sessionKey(clientPart(clientId), SUMMARY));
}

/** Seqs behind `afterSeq` whose deliveries are in flight and still lie with those of the queue. */
async function movedSeqs(
  context: ViewContext,
  reader: Reader,
  clientId: string,
  afterSeq: number,
): Promise<ReadonlySet<number>> {
  const { MOVED } = SessionPart;
  const seqs = new Set<number>();
  for (const [, value] of await readSessionParts(context, clientId, MOVED, MOVED, reader)) {
    const { seq, released } = decodeMoved(value);
    if (seq > afterSeq && !released) seqs.add(seq);
  }
  return seqs;
}

/** Deliveries with their messages; one whose body is missing is left out. */
async function withBodies<K>(
  context: ViewContext,
  reader: Reader,
  stored: readonly (readonly [K, StoredDelivery])[],
): Promise<[K, Delivery][]> {
  const ids = new Set<number>();
  for (const [, { bodyId }] of stored) if (bodyId !== 0) ids.add(bodyId);
  const bodies = new Map<number, Message>();
  const values = await reader.getMany([...ids].map(bodyKey));
  for (const [index, id] of [...ids].entries()) {
    const value = values[index];
    if (value !== undefined) bodies.set(id, decodeMessage(value));
  }
  const complete: [K, Delivery][] = [];
  for (const [key, { bodyId, message = bodies.get(bodyId), ...facts }] of stored) {
    if (message !== undefined) complete.push([key, { message, ...facts }]);
    else context.log.error("a stored message is missing", { id: bodyId });
  }
  return complete;
}

export function inflightView(context: ViewContext): InflightStore {
  return {
    async list(clientId) {
      const { INFLIGHT, MOVED } = SessionPart;
      if (context.ahead.get(clientId, context.commits) !== undefined) {
        const entries = await readSessionParts(context, clientId, INFLIGHT, MOVED);
        if (entries.length === 0) return [];
      }
      const database = await context.ready();
      return await database.reading((snapshot) => readInflight(context, snapshot, clientId));
    },
    async received(clientId) {
      const entries = await readSessionParts(context, clientId, SessionPart.RECEIVED);
      return entries.map(([key]) => packetIdOf(key));
    },
  };
}

interface Started {
  readonly packetId: number;
  readonly seq: number;
}

async function readInflight(
  context: ViewContext,
  reader: Reader,
  clientId: string,
): Promise<InflightRecord[]> {
  const records: InflightRecord[] = [];
  const unreleased: [Started, StoredDelivery][] = [];
  const moved: Started[] = [];
  const { INFLIGHT, MOVED } = SessionPart;
  for (const [key, value] of await readSessionParts(context, clientId, INFLIGHT, MOVED, reader)) {
    const packetId = packetIdOf(key);
    if (sessionPartOf(key) === SessionPart.INFLIGHT) {
      const { seq, delivery } = decodeInflight(value);
      if (delivery === undefined) records.push({ packetId, seq, delivery });
      else unreleased.push([{ packetId, seq }, delivery]);
    } else {
      const { seq, released } = decodeMoved(value);
      if (released) records.push({ packetId, seq, delivery: undefined });
      else moved.push({ packetId, seq });
    }
  }
  const client = clientPart(clientId);
  const values = await reader.getMany(moved.map(({ seq }) => deliveryKey(client, seq)));
  for (const [index, started] of moved.entries()) {
    const value = values[index];
    if (value !== undefined) unreleased.push([started, decodeDelivery(value)]);
    else context.log.error("a stored delivery is missing", { seq: started.seq });
  }
  for (const [started, delivery] of await withBodies(context, reader, unreleased)) {
    records.push({ ...started, delivery });
  }
  return records.sort((a, b) => a.seq - b.seq);
}

/**
 * The values of a page in memory of their own, one behind the other. Payloads are views of it, so a
 * million messages that stay in memory after a start cost no buffer each.
 */
function* packed(entries: readonly Entry[]): Generator<Uint8Array> {
  const memory = new Uint8Array(entries.reduce((sum, [, value]) => sum + value.length, 0));
  let at = 0;
  for (const [, value] of entries) {
    memory.set(value, at);
    yield memory.subarray(at, at += value.length);
  }
}

export function retainedView(context: ViewContext): RetainedStore {
  const range = tagRange(Tag.RETAINED);
  return {
    async get(topic) {
      const database = await context.ready();
      const value = await database.get(retainedKey(topic));
      return value === undefined ? undefined : decodeMessage(value);
    },
    async *list() {
      const database = await context.ready();
      for await (const entries of database.pages(range)) {
        for (const value of packed(entries)) yield decodeMessage(value);
      }
    },
    async count() {
      const database = await context.ready();
      let count = 0;
      for await (const entries of database.pages(range)) count += entries.length;
      return count;
    },
  };
}
