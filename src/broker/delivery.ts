/**
 * The step from "this session gets it" to a packet, the queue, or a counted drop; and from there
 * onwards with every acknowledgement.
 */
import type { Durable } from "../base/durable.ts";
import type { Delivery } from "../mqtt/delivery.ts";
import type { Message } from "../mqtt/message.ts";
import type { DropReason } from "../events/observer.ts";
import type { OutboundRecord } from "../session/outbound.ts";
import { RESIDENT_WINDOW } from "../session/queue.ts";
import type { StoreBatch } from "../storage/store.ts";
import type { Origin } from "./accounting.ts";
import type { Connection } from "./connection.ts";
import type { BrokerContext, ClientSession } from "./context.ts";
import { CONGESTED_OUTPUT_FACTOR, CONGESTED_QUEUE_FACTOR } from "./limits.ts";
import type { FanOutFrames } from "./packet_output.ts";

/** Room for a million messages a second before the ids run ahead of the clock. */
const MESSAGE_IDS_PER_MS = 1024;

/** Who waits while a receiver is congested: the connection that a message came from. */
export interface PublishSource {
  /** True for a connection that is not held whatever it feeds. */
  readonly mustBeRead: boolean;
  holdFor(receiver: Connection): void;
}

interface StepEntry {
  readonly session: ClientSession;
  readonly seq: number;
  readonly delivery: Delivery;
  /** Set when the delivery was started; undefined when it was queued. */
  readonly record: OutboundRecord | undefined;
  /** True when it was in the stored queue before this step, and still is if the step fails. */
  readonly fromQueue: boolean;
}

/** How long the start of a queued delivery waits after its write has failed, before it is tried again. */
const STORE_RETRY_MS = 1_000;

/**
 * The store writes of one protocol step and what happens once they are durable: started deliveries
 * are sent. When the write fails, new ones are taken back, and those that the store has in the queue
 * keep their place and their packet id, and are tried again.
 */
export class DeliveryStep {
  readonly batch: StoreBatch;
  readonly #context: BrokerContext;
  readonly #entries: StepEntry[] = [];

  constructor(context: BrokerContext) {
    this.#context = context;
    this.batch = context.store.batch();
  }

  add(entry: StepEntry): void {
    this.#entries.push(entry);
  }

  commit(): Durable {
    const durable = this.batch.commit();
    if (this.#entries.length === 0) return durable;
    if (durable === undefined) {
      this.#succeed();
      return undefined;
    }
    return durable.then(() => this.#succeed(), (error: unknown) => {
      this.#takeBack();
      throw error;
    });
  }

  #succeed(): void {
    for (const { session, record } of this.#entries) {
      if (record === undefined || session.outbound.get(record.packetId) !== record) continue;
      record.committed = true;
      this.#context.deliveries.sendStarted(session);
    }
  }

  #takeBack(): void {
    const { deadlines, deliveries } = this.#context;
    for (const entry of this.#entries) if (!entry.fromQueue) this.#takeBackEntry(entry);
    const queued = this.#entries.filter((entry) => entry.fromQueue);
    if (queued.length > 0) deadlines.after(STORE_RETRY_MS, () => deliveries.startAgain(queued));
    for (const session of new Set(this.#entries.map((entry) => entry.session))) {
      deliveries.pump(session);
    }
  }

  #takeBackEntry({ session, seq, delivery, record }: StepEntry): void {
    if (session.ended) return;
    const started = record ?? findBySeq(session, seq);
    if (started !== undefined) {
      if (started.everSent || session.outbound.get(started.packetId) !== started) return;
      session.outbound.drop(started);
    } else if (!session.queue.remove(seq, delivery)) return; // expired or dropped meanwhile
    this.#context.deliveries.drop(session, delivery.message, "store_failed");
  }
}

function findBySeq(session: ClientSession, seq: number): OutboundRecord | undefined {
  for (const record of session.outbound.records()) if (record.seq === seq) return record;
  return undefined;
}

export class Deliveries {
  readonly #context: BrokerContext;
  /** Sessions for which a page is being read. */
  readonly #paging = new Set<ClientSession>();
  #lastMessageId: number;

  constructor(context: BrokerContext) {
    this.#context = context;
    this.#lastMessageId = context.store.largestBodyId;
  }

  /**
   * Offers a message to a session. Returns the step that holds the store writes so far, which the
   * caller commits when all recipients were offered; a step is made only when one is needed.
   * Recipients that get the same may be given the same `delivery`.
   */
  offer(
    session: ClientSession,
    delivery: Delivery,
    origin: Origin,
    step: DeliveryStep | undefined,
    source?: PublishSource | undefined,
    frames?: FanOutFrames | undefined,
  ): DeliveryStep | undefined {
    const { accounting, clock } = this.#context;
    accounting[origin]++;
    const { message, qos } = delivery;
    const { connection } = session;
    if (message.expiresAt !== undefined && message.expired(clock.now())) {
      accounting.expired++;
      return step;
    }
    if (
      connection !== undefined &&
      !connection.output.accepts(message, qos, delivery.subscriptionIdentifiers)
    ) {
      this.drop(session, message, "packet_too_large");
      return step;
    }
    const after = qos === 0
      ? this.#offerQos0(session, delivery, step, frames)
      : this.#offerAcknowledged(session, delivery, step, source);
    if (source !== undefined && connection?.output.congestion.holdsPublishers) {
      source.holdFor(connection);
    }
    return after;
  }

  /** Sends what was started and may be sent by now, in order. */
  sendStarted(session: ClientSession): void {
    const { connection } = session;
    if (connection !== undefined && !this.#sendStarted(session, connection)) this.pump(session);
  }

  /** Tries to store again that queued deliveries were started. */
  startAgain(entries: readonly StepEntry[]): void {
    const step = new DeliveryStep(this.#context);
    for (const entry of entries) {
      const { session, seq, record } = entry;
      if (session.ended || session.outbound.get(record!.packetId) !== record) continue;
      step.batch.startInflight(session.clientId, record!.packetId, seq);
      step.add(entry);
    }
    this.background(step.commit());
  }

  /**
   * Sends what the session's connection may get now: first what is sent again, then the head of the
   * queue, as far as the window and the output allow. Writes go into `step`, or into one of their
   * own that nobody waits for.
   */
  pump(session: ClientSession, step?: DeliveryStep): void {
    const { connection, queue, outbound } = session;
    let own = step;
    if (connection !== undefined) {
      this.#sendBacklog(session, connection);
      this.#sendStarted(session, connection);
      while (queue.peek() !== undefined && outbound.open && !connection.output.overHighMark) {
        own = this.#startHead(session, connection, own);
      }
      if (queue.needsPage && outbound.open) this.#page(session);
      connection.checkDrained();
    }
    if (step === undefined && own !== undefined) this.background(own.commit());
  }

  /** The client has finished with a delivery: its record goes, the next one may start. */
  finish(session: ClientSession, record: OutboundRecord, step?: DeliveryStep): void {
    if (!session.durable || record.pending?.withdraw() === true) {
      this.pump(session, step);
      return;
    }
    const after = step ?? new DeliveryStep(this.#context);
    after.batch.deleteInflight(session.clientId, record.packetId);
    this.pump(session, after);
    if (step === undefined) this.background(after.commit());
  }

  drop(session: ClientSession, message: Message, reason: DropReason): void {
    this.#context.accounting.dropped[reason]++;
    session.countDrop(reason);
    this.#context.observer.messageDropped?.(session.clientId, message, reason);
  }

  /** For writes that no client waits for. A failure is logged here; readiness reports the store. */
  background(durable: Durable): void {
    durable?.catch((error: unknown) => {
      this.#context.log.error("store write failed", { error: String(error) });
    });
  }

  /** A message came back from the store: ids that are given out are larger than its own. */
  resumeIds({ id }: Message): void {
    this.#lastMessageId = Math.max(this.#lastMessageId, id);
  }

  /**
   * Gives the message its identity in the store. Ids grow over time, across restarts too, also when
   * the clock was set back meanwhile.
   */
  identify(message: Message): void {
    if (message.id !== 0) return;
    message.pin();
    const floor = Math.floor(this.#context.clock.now()) * MESSAGE_IDS_PER_MS;
    this.#lastMessageId = Math.max(this.#lastMessageId + 1, floor);
    message.id = this.#lastMessageId;
  }

  #offerQos0(
    session: ClientSession,
    delivery: Delivery,
    step: DeliveryStep | undefined,
    frames: FanOutFrames | undefined,
  ): DeliveryStep | undefined {
    const { connection } = session;
    const { message, retain, subscriptionIdentifiers } = delivery;
    if (connection === undefined) {
      this.drop(session, message, "qos0_offline");
    } else if (this.#outputExhausted(connection)) {
      this.drop(session, message, "slow_receiver");
    } else {
      connection.output.sendQos0(message, retain, subscriptionIdentifiers, frames);
      this.#context.observer.messageDelivered?.(session.clientId, message, 0);
    }
    return step;
  }

  #outputExhausted(connection: Connection): boolean {
    const { outputMax } = this.#context.limits;
    const { pending, congestion } = connection.output;
    if (pending <= outputMax) return false;
    return congestion.state === "slow" || pending > outputMax * CONGESTED_OUTPUT_FACTOR;
  }

  #offerAcknowledged(
    session: ClientSession,
    delivery: Delivery,
    step: DeliveryStep | undefined,
    source: PublishSource | undefined,
  ): DeliveryStep | undefined {
    const { connection, queue, outbound } = session;
    const { message } = delivery;
    const direct = connection !== undefined && queue.size === 0 && outbound.open &&
      !connection.output.overHighMark;
    if (!direct && !this.#queueTakes(session, delivery, source)) {
      this.drop(session, message, "queue_full");
      return step;
    }
    message.retainPayload();
    if (session.durable) this.identify(message);
    else message.hold();
    if (delivery.share !== undefined) session.mayHoldShared = true;
    const seq = session.nextSeq();
    if (!session.durable) {
      if (direct) {
        outbound.start(delivery, seq).committed = true;
        this.sendStarted(session);
      } else this.#queue(session, seq, delivery);
      return step;
    }
    const after = step ?? new DeliveryStep(this.#context);
    if (direct) this.#start(session, seq, delivery, after);
    else {
      this.#queue(session, seq, delivery);
      after.batch.enqueue(session.clientId, seq, delivery);
      after.add({ session, seq, delivery, record: undefined, fromQueue: false });
    }
    return after;
  }

  /**
   * Puts a delivery of a durable session into flight. At QoS 1 it is sent without waiting for the
   * store: a message that comes twice after a crash is what the client has to expect, and one that
   * is acknowledged soon enough need not be written.
   */
  #start(session: ClientSession, seq: number, delivery: Delivery, step: DeliveryStep): void {
    const { outbound, clientId } = session;
    const record = outbound.start(delivery, seq);
    const pending = step.batch.putInflight(clientId, record.packetId, seq, delivery);
    if (record.qos === 1 && this.#context.store.health().writable) {
      record.pending = pending;
      record.committed = true;
      this.sendStarted(session);
    }
    if (!record.everSent) step.add({ session, seq, delivery, record, fromQueue: false });
  }

  #queue(session: ClientSession, seq: number, delivery: Delivery): void {
    delivery.message.separatePayload(); // it may stay for long
    session.queue.push(seq, delivery);
    session.connection?.checkCongested();
  }

  /** A session that is not stored is done with a delivery: started, queued, or neither. */
  letGo(session: ClientSession, delivery: Delivery | undefined): void {
    if (!session.durable) delivery?.message.release();
  }

  /**
   * While a receiver is congested its publishers are being held, each after at most one more
   * message: these few are taken over the limit, so that a burst loses nothing. One that is not held
   * may go to a multiple of the limit.
   */
  #queueTakes(
    { queue, connection }: ClientSession,
    delivery: Delivery,
    source: PublishSource | undefined,
  ): boolean {
    if (queue.fits(delivery)) return true;
    if (connection?.output.congestion.holdsPublishers !== true) return false;
    return source?.mustBeRead !== true || queue.fits(delivery, CONGESTED_QUEUE_FACTOR);
  }

  #sendBacklog(session: ClientSession, connection: Connection): void {
    const { outbound } = session;
    while (outbound.hasBacklog && !connection.output.overHighMark) {
      const record = outbound.nextFromBacklog();
      if (record === undefined) break;
      this.#send(session, connection, record);
    }
  }

  /** False when one of them was given up, so that there is room for another. */
  #sendStarted(session: ClientSession, connection: Connection): boolean {
    let all = true;
    const { outbound } = session;
    for (let next = outbound.nextStarted(); next !== undefined; next = outbound.nextStarted()) {
      if (!this.#send(session, connection, next)) all = false;
    }
    return all;
  }

  #startHead(
    session: ClientSession,
    connection: Connection,
    step: DeliveryStep | undefined,
  ): DeliveryStep | undefined {
    const { seq, delivery } = session.queue.shift()!;
    const after = step ?? (session.durable ? new DeliveryStep(this.#context) : undefined);
    if (this.#givesUp(session, connection, delivery, false)) {
      after?.batch.dequeue(session.clientId, seq);
      return after;
    }
    const record = session.outbound.start(delivery, seq);
    if (after === undefined) {
      record.committed = true;
      this.#sendStarted(session, connection);
    } else {
      after.batch.startInflight(session.clientId, record.packetId, seq);
      after.add({ session, seq, delivery, record, fromQueue: true });
    }
    return after;
  }

  /** False: it cannot be sent to this connection (any more), and its packet id is free again. */
  #send(session: ClientSession, connection: Connection, record: OutboundRecord): boolean {
    const { delivery } = record;
    if (
      delivery !== undefined && this.#givesUp(session, connection, delivery, record.everSent)
    ) {
      session.outbound.drop(record);
      if (session.durable && record.pending?.withdraw() !== true) {
        const step = new DeliveryStep(this.#context);
        step.batch.deleteInflight(session.clientId, record.packetId);
        this.background(step.commit());
      }
      return false;
    }
    connection.output.sendRecord(record);
    // Only who sends again by the clock has to ask it.
    const { clock, limits } = this.#context;
    session.outbound.sent(record, limits.retryIntervalMs > 0 ? clock.now() : 0);
    if (delivery !== undefined) {
      this.#context.observer.messageDelivered?.(session.clientId, delivery.message, delivery.qos);
    }
    return true;
  }

  /**
   * True when a delivery ends here, entered in the books: it ran out before it was sent for the
   * first time [MQTT-3.3.2-5], or is larger than this connection takes, and so done as if it had
   * been sent [MQTT-3.1.2-25].
   */
  #givesUp(
    session: ClientSession,
    connection: Connection,
    delivery: Delivery,
    everSent: boolean,
  ): boolean {
    const { message, qos, subscriptionIdentifiers } = delivery;
    if (
      !everSent && message.expiresAt !== undefined &&
      message.expired(this.#context.clock.now()) // [MQTT-4.3.3-7]
    ) {
      this.#context.accounting.expired++;
    } else if (!connection.output.accepts(message, qos, subscriptionIdentifiers)) {
      this.drop(session, message, "packet_too_large");
    } else return false;
    this.letGo(session, delivery);
    return true;
  }

  /** Reads the next part of a stored queue, then goes on with the pump. */
  #page(session: ClientSession): void {
    if (this.#paging.has(session)) return;
    this.#paging.add(session);
    const { clientId, queue } = session;
    const { lastSeq } = queue;
    this.#context.store.queue.page(clientId, queue.pageAfter, RESIDENT_WINDOW).then(
      (page) => {
        this.#paging.delete(session);
        if (session.ended) return;
        queue.loaded(page, lastSeq);
        this.pump(session);
      },
      (error: unknown) => {
        this.#paging.delete(session);
        this.#context.log.error("cannot read a stored queue", { clientId, error: String(error) });
        session.connection?.fail(error);
      },
    );
  }
}
