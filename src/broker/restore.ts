/**
 * After a start: sessions, subscriptions, what was in flight or queued, wills and retained messages
 * come back from the store. Queues stay there; only their sizes are read.
 */
import { PACKET_ID_MAX } from "../session/outbound.ts";
import { Session } from "../session/session.ts";
import type { SessionRecord, StoreBatch, WillRecord } from "../storage/store.ts";
import type { Connection } from "./connection.ts";
import type { BrokerContext, ClientSession } from "./context.ts";
import { sessionRecord } from "./session_record.ts";

/** Records of the restore that are written together. */
const RECORDS_PER_BATCH = 1_000;

export async function restore(context: BrokerContext): Promise<void> {
  for await (const message of context.store.retained.list()) {
    // It may become the body of later deliveries.
    context.deliveries.resumeIds(message);
    context.retained.set(message);
  }
  const { sessions, lost } = await restoreSessions(context);
  const wills: WillRecord[] = [];
  for await (const record of context.store.wills.list()) wills.push(record);
  // Nothing has run out before everything is there: the end of a session publishes its will, and a
  // will goes to all sessions. From here on nothing is waited for.
  resumeWills(context, wills);
  for (const session of sessions) context.sessions.adopt(session);
  writeTogether(context, lost, (batch, session) => batch.putSession(sessionRecord(session)));
}

/** All sessions, and among them those whose connection was lost with the last process. */
async function restoreSessions(context: BrokerContext) {
  const sessions: ClientSession[] = [];
  const lost: ClientSession[] = [];
  for await (const record of context.store.sessions.list()) {
    if (record.expiryInterval === 0) {
      await forget(context, record.clientId);
      continue;
    }
    const session = await restoreSession(context, record);
    sessions.push(session);
    if (record.disconnectedAt === undefined) lost.push(session);
  }
  return { sessions, lost };
}

/** When a lost connection has ended is written down, so that the next start does not ask again. */
function resumeWills(context: BrokerContext, records: readonly WillRecord[]): void {
  const armed: WillRecord[] = [];
  for (const record of records) {
    const dueAt = context.wills.restore(record);
    if (record.dueAt === undefined) armed.push({ ...record, dueAt });
  }
  writeTogether(context, armed, (batch, record) => batch.putWill(record));
}

/** A store that is full must not keep the broker from starting: nobody waits for these writes. */
function writeTogether<T>(
  { store, deliveries }: BrokerContext,
  records: readonly T[],
  put: (batch: StoreBatch, record: T) => void,
): void {
  for (let start = 0; start < records.length; start += RECORDS_PER_BATCH) {
    const batch = store.batch();
    for (const record of records.slice(start, start + RECORDS_PER_BATCH)) put(batch, record);
    deliveries.background(batch.commit());
  }
}

/** A session that should have ended with its connection, which ended with the last process. */
async function forget(context: BrokerContext, clientId: string): Promise<void> {
  const will = await context.store.wills.get(clientId);
  const batch = context.store.batch();
  batch.deleteSession(clientId);
  // The will outlives its session here by a moment: it is published when everybody is back.
  if (will !== undefined) batch.putWill({ ...will, dueAt: context.clock.now() });
  await batch.commit();
}

async function restoreSession(
  context: BrokerContext,
  record: SessionRecord,
): Promise<ClientSession> {
  const { store, router, accounting } = context;
  const { clientId } = record;
  const session: ClientSession = new Session<Connection>({
    clientId,
    epoch: record.epoch,
    durable: true,
    queueLimits: context.limits.queue,
  });
  describe(session, record, context.clock.now());
  for (const subscription of await store.subscriptions.list(clientId)) {
    session.subscriptions.set(subscription.topicFilter, subscription);
    router.subscribe(session, subscription);
  }
  for (const { packetId, seq, delivery } of await store.inflight.list(clientId)) {
    session.outbound.restore(packetId, seq, delivery);
    session.resumeSeq(seq);
  }
  // What was sent and not stored any more is not known, so its ids must not come up again soon.
  session.outbound.continueIdsBehind(context.random.below(PACKET_ID_MAX));
  for (const packetId of await store.inflight.received(clientId)) {
    session.inbound.restore(packetId);
  }
  const { count, bytes, lastSeq } = await store.queue.summary(clientId);
  session.queue.restore(count, bytes);
  session.resumeSeq(lastSeq);
  session.mayHoldShared = count > 0 || session.outbound.size > 0;
  accounting.opening += count + session.outbound.size;
  return session;
}

function describe(session: ClientSession, record: SessionRecord, now: number): void {
  session.protocolVersion = record.protocolVersion;
  session.username = record.username;
  session.cleanStart = record.cleanStart;
  session.expiryInterval = record.expiryInterval;
  session.receiveMaximum = record.receiveMaximum;
  session.maximumPacketSize = record.maximumPacketSize;
  session.topicAliasMaximum = record.topicAliasMaximum;
  session.requestResponseInformation = record.requestResponseInformation;
  session.requestProblemInformation = record.requestProblemInformation;
  session.connectedAt = record.connectedAt;
  // Connected when the broker went down: its connection is known to be gone since now.
  session.disconnectedAt = record.disconnectedAt ?? now;
}
