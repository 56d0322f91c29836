import assert from "#assert";
import type { Database } from "./database.ts";
import {
  bodyIdOf,
  clientIdOf,
  clientIdOfExpiry,
  clientPart,
  expiryKey,
  seqOf,
  SessionPart,
  sessionPartOf,
  Tag,
} from "./keys.ts";
import {
  decodeDeliveryHead,
  decodeInflightHead,
  decodeMoved,
  decodeNumber,
  decodeSession,
  decodeSummary,
} from "./records.ts";
import { expiryOf } from "./session_expiry.ts";

/** What is found on the disk of one session. */
interface Found {
  readonly queued: Map<number, { cost: number; bodyId: number }>;
  /** In flight and not released: seq and body of what came out of the queue. */
  readonly moved: Map<number, number>;
  summary: { count: number; bytes: number } | undefined;
}

/** Checks the invariants of a database that are not visible through the store. */
export async function assertConsistent(database: Database): Promise<void> {
  const sessions = new Map<string, Found>();
  const references = new Map<number, number>();
  const bodies = new Set<number>();
  const counts = new Map<number, number>();
  const expiries = new Set<string>();
  const expectedExpiries = new Set<string>();
  const refer = (id: number) => id > 0 && references.set(id, (references.get(id) ?? 0) + 1);
  const of = (clientId: string) => {
    const found = sessions.get(clientId) ??
      { queued: new Map(), moved: new Map(), summary: undefined };
    sessions.set(clientId, found);
    return found;
  };
  for await (const entries of database.pages({ gte: new Uint8Array(0), lt: Uint8Array.of(0xff) })) {
    for (const [key, value] of entries) {
      switch (key[0]) {
        case Tag.SESSION:
          readSessionPart(key, value);
          break;
        case Tag.DELIVERY: {
          const head = decodeDeliveryHead(value);
          refer(head.bodyId);
          of(clientIdOf(key)).queued.set(seqOf(key), head);
          break;
        }
        case Tag.EXPIRY:
          expiries.add(`${[...key]} ${clientIdOfExpiry(key)}`);
          break;
        case Tag.BODY:
          bodies.add(bodyIdOf(key));
          break;
        case Tag.BODY_COUNT:
          counts.set(bodyIdOf(key), decodeNumber("count", value));
      }
    }
  }

  function readSessionPart(key: Uint8Array, value: Uint8Array): void {
    const clientId = clientIdOf(key);
    switch (sessionPartOf(key)) {
      case SessionPart.RECORD: {
        const due = expiryOf(decodeSession(clientId, value));
        if (due === undefined) return;
        expectedExpiries.add(`${[...expiryKey(due, clientPart(clientId))]} ${clientId}`);
        return;
      }
      case SessionPart.SUMMARY:
        of(clientId).summary = decodeSummary(value);
        return;
      case SessionPart.INFLIGHT:
        refer(decodeInflightHead(value).bodyId);
        return;
      case SessionPart.MOVED: {
        const { seq, bodyId, released } = decodeMoved(value);
        if (!released) of(clientId).moved.set(seq, bodyId);
      }
    }
  }

  assert.deepEqual(counts, references, "counts of bodies are the numbers of references");
  assert.deepEqual(bodies, new Set(references.keys()), "bodies are those that are referred to");
  assert.deepEqual(expiries, expectedExpiries, "the index of expiries");
  for (const [clientId, { queued, moved, summary }] of sessions) {
    for (const [seq, bodyId] of moved) {
      assert.equal(queued.get(seq)?.bodyId, bodyId, `delivery ${seq} in flight to ${clientId}`);
      queued.delete(seq);
    }
    const bytes = [...queued.values()].reduce((sum, { cost }) => sum + cost, 0);
    const { count, bytes: stated } = summary ?? { count: 0, bytes: 0 };
    assert.deepEqual([count, stated], [queued.size, bytes], `summary of ${clientId}`);
  }
}
