/**
 * A session on its way between nodes: everything that it holds as one snapshot, and a snapshot as a
 * session of this node.
 */
import type { SessionSnapshot } from "../cluster/cluster.ts";
import { RESIDENT_WINDOW } from "../session/queue.ts";
import type { QueueRecord, StoreBatch } from "../storage/store.ts";
import type { BrokerContext, ClientSession } from "./context.ts";
import { sessionRecord } from "./session_record.ts";

/** The state of a session that has no connection (any more). Reads the stored part of its queue. */
export async function snapshotOf(
  context: BrokerContext,
  session: ClientSession,
): Promise<SessionSnapshot> {
  const held = {
    record: sessionRecord(session),
    subscriptions: [...session.subscriptions.values()],
    inflight: session.outbound.records()
      .filter(({ passedTopic }) => passedTopic === undefined) // ended with the connection
      .map(({ packetId, seq, delivery }) => ({ packetId, seq, delivery })),
    received: [...session.inbound.packetIds()],
  };
  const queue: QueueRecord[] = [...session.queue.resident()];
  for await (const entry of storedQueue(context, session)) queue.push(entry);
  return { ...held, queue, will: context.wills.recordOf(session) };
}

/** The entries behind the resident window; no more than a page of them is held. */
export async function* storedQueue(
  context: BrokerContext,
  session: ClientSession,
): AsyncGenerator<QueueRecord> {
  if (!session.durable) return;
  let after = session.queue.pageAfter;
  for (;;) {
    const page = await context.store.queue.page(session.clientId, after, RESIDENT_WINDOW);
    yield* page;
    if (page.length < RESIDENT_WINDOW) return;
    after = page[page.length - 1]!.seq;
  }
}

/**
 * Fills a new session with what another node handed over, and `batch` with its writes. What it holds
 * enters the books of this node; its will is not taken along, because the client is back
 * [MQTT-3.1.3-9].
 */
export function adoptSnapshot(
  context: BrokerContext,
  session: ClientSession,
  snapshot: SessionSnapshot,
  batch: StoreBatch,
): void {
  const { clientId } = session;
  for (const subscription of snapshot.subscriptions) {
    session.subscriptions.set(subscription.topicFilter, subscription);
    context.router.subscribe(session, subscription);
    batch.putSubscription(clientId, subscription);
  }
  for (const { packetId, seq, delivery } of snapshot.inflight) {
    session.outbound.restore(packetId, seq, delivery);
    session.resumeSeq(seq);
    batch.putInflight(clientId, packetId, seq, delivery);
  }
  for (const packetId of snapshot.received) {
    session.inbound.restore(packetId);
    batch.putReceived(clientId, packetId);
  }
  for (const { seq, delivery } of snapshot.queue) {
    session.queue.push(seq, delivery);
    session.resumeSeq(seq);
    batch.enqueue(clientId, seq, delivery);
  }
  session.mayHoldShared = true;
  context.accounting.opening += snapshot.inflight.length + snapshot.queue.length;
}
