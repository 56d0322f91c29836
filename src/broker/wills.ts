/**
 * Will messages (MQTT 5.0 sections 3.1.2.5 and 3.1.3.2).
 *
 * | state   | event                                   | next    | effect                        |
 * |---------|-----------------------------------------|---------|-------------------------------|
 * | none    | CONNECT with a will                     | armed   | stored with the session       |
 * | armed   | DISCONNECT 0x00                         | none    | discarded                     |
 * | armed   | connection ends otherwise, no delay     | none    | published                     |
 * | armed   | connection ends otherwise, session ends | none    | published                     |
 * | armed   | connection ends otherwise, delay        | delayed | due after the delay           |
 * | delayed | the delay has passed                    | none    | published                     |
 * | delayed | the session ends                        | none    | published                     |
 * | delayed | the session is resumed                  | none    | cancelled [MQTT-3.1.3-9]      |
 * | delayed | a CONNECT that would resume is refused  | delayed | the delay goes on             |
 *
 * One that is due while the store takes no writes is published when it does: `postponed_wills.ts`.
 *
 * The delay is at most the session expiry interval, because the will is published when the session
 * ends if that comes first. At most one will is published per ended connection.
 */
import type { Deadline } from "../base/deadlines.ts";
import type { Durable } from "../base/durable.ts";
import { Message } from "../mqtt/message.ts";
import type { Will } from "../mqtt/packets/connect.ts";
import type { WillProperties } from "../mqtt/properties.ts";
import type { StoreBatch, WillRecord } from "../storage/store.ts";
import type { Identity } from "../auth/auth.ts";
import type { BrokerContext, ClientSession } from "./context.ts";
import { DeliveryStep } from "./delivery.ts";
import { type DueWill, PostponedWills } from "./postponed_wills.ts";
import { retainedFull } from "./publisher.ts";

interface DelayedWill {
  readonly will: Will;
  readonly identity: Identity;
  readonly deadline: Deadline;
}

export class Wills {
  readonly #context: BrokerContext;
  readonly #delayed = new Map<string, DelayedWill>();
  /** Wills about which the authorizer has been asked; each settles when it was answered. */
  readonly #deciding = new Set<Promise<void>>();
  readonly #postponed: PostponedWills;

  constructor(context: BrokerContext) {
    this.#context = context;
    this.#postponed = new PostponedWills(context, (due) => this.#publish(due));
  }

  /** Resolves when the authorizer owes no answer about a will. */
  async idle(): Promise<void> {
    while (this.#deciding.size > 0) await Promise.all(this.#deciding);
  }

  /** Wills whose delay runs. */
  get delayedCount(): number {
    return this.#delayed.size;
  }

  /** The Will Delay Interval (seconds) of the session's will, armed or delayed; undefined without one. */
  delayOf(session: ClientSession): number | undefined {
    const will = session.will ?? this.#delayed.get(session.clientId)?.will;
    return will === undefined ? undefined : will.properties.willDelayInterval ?? 0;
  }

  /** The session's delayed will, for whoever takes the session over. */
  recordOf(session: ClientSession): WillRecord | undefined {
    const delayed = this.#delayed.get(session.clientId);
    if (delayed === undefined) return undefined;
    const { will, identity, deadline } = delayed;
    return this.#record(session.clientId, identity.username, will, deadline.due);
  }

  /** A connection with (or without) a will was accepted [MQTT-3.1.2-7]. */
  arm(session: ClientSession, will: Will | undefined, batch: StoreBatch | undefined): void {
    session.will = will;
    this.#postponed.replaced(session.clientId);
    if (will === undefined) batch?.deleteWill(session.clientId);
    else batch?.putWill(this.#record(session.clientId, session.username, will, undefined));
  }

  /** DISCONNECT 0x00: the will is gone [MQTT-3.14.4-3]. */
  cancel(session: ClientSession, batch: StoreBatch | undefined): void {
    session.will = undefined;
    this.#forgetDelayed(session.clientId);
    this.#postponed.replaced(session.clientId);
    batch?.deleteWill(session.clientId);
  }

  /**
   * The connection has ended with its will still armed. `sessionEnds`: the session ends with it.
   */
  connectionLost(
    session: ClientSession,
    identity: Identity,
    sessionEnds: boolean,
    batch: StoreBatch | undefined,
  ): void {
    const { will } = session;
    if (will === undefined) return;
    session.will = undefined;
    const delay = Math.min(will.properties.willDelayInterval ?? 0, session.expiryInterval);
    if (delay === 0 || sessionEnds) {
      this.#publish({ will, identity, stored: session.durable });
      return;
    }
    const dueAt = this.#context.clock.now() + delay * 1000;
    batch?.putWill(this.#record(session.clientId, session.username, will, dueAt));
    this.#delay(session.clientId, will, identity, dueAt);
  }

  /**
   * The client is back: its delayed will waits for what comes of the CONNECT, whose `arm` replaces it.
   * Returns what lets the delay go on when the CONNECT is refused. One that is due is published.
   */
  suspend(clientId: string): () => void {
    const delayed = this.#forgetDelayed(clientId);
    if (delayed === undefined) return () => {};
    const { will, identity, deadline } = delayed;
    if (deadline.due > this.#context.clock.now()) {
      return () => this.#delay(clientId, will, identity, deadline.due);
    }
    this.#publish({ will, identity, stored: true });
    return () => {};
  }

  /** The session has ended: a will that was still delayed is published now. */
  sessionEnded(clientId: string): void {
    const delayed = this.#forgetDelayed(clientId);
    if (delayed === undefined) return;
    this.#publish({ will: delayed.will, identity: delayed.identity, stored: true });
  }

  /** After a restart: the delay goes on, or has passed meanwhile. Returns when the will is due. */
  restore(record: WillRecord): number {
    const identity: Identity = {
      clientId: record.clientId,
      username: record.username,
      remoteAddress: "",
      peerCertificate: undefined,
    };
    // Armed when the broker went down: that is when its connection ended.
    const delayMs = (record.will.properties.willDelayInterval ?? 0) * 1000;
    const dueAt = record.dueAt ?? this.#context.clock.now() + delayMs;
    this.#delay(record.clientId, record.will, identity, dueAt);
    return dueAt;
  }

  #delay(clientId: string, will: Will, identity: Identity, dueAt: number): void {
    const deadline = this.#context.deadlines.at(dueAt, () => {
      this.#delayed.delete(clientId);
      this.#publish({ will, identity, stored: true });
    });
    this.#delayed.set(clientId, { will, identity, deadline });
  }

  #forgetDelayed(clientId: string): DelayedWill | undefined {
    const delayed = this.#delayed.get(clientId);
    if (delayed === undefined) return undefined;
    delayed.deadline.cancel();
    this.#delayed.delete(clientId);
    return delayed;
  }

  /**
   * Publishes if the client may do so now: its rights may have changed since CONNECT. A will that is
   * `stored` goes from the store in the same step, so that a crash neither loses nor repeats it.
   */
  #publish(due: DueWill): void {
    const { will, identity, stored } = due;
    if (this.#mustWait(will)) return this.#postpone(due);
    const failed = (error: unknown) => this.#deny(will, identity, String(error));
    try {
      const allowed = this.#context.authorizer.publish(
        identity,
        will.topic,
        will.qos,
        will.retain,
      );
      if (typeof allowed === "boolean") return this.#decide(due, allowed);
      // Until the answer comes the client may have stored another one.
      if (stored) this.#context.deliveries.background(this.#removal(identity.clientId).commit());
      const decided = allowed.then((yes) => this.#decide({ will, identity, stored: false }, yes))
        .catch(failed).finally(() => this.#deciding.delete(decided));
      this.#deciding.add(decided);
    } catch (error) {
      failed(error);
      if (stored) this.#context.deliveries.background(this.#removal(identity.clientId).commit());
    }
  }

  /** The store takes no writes now, and the will is also for who gets it later. */
  #mustWait({ qos, retain }: Will): boolean {
    return (qos > 0 || retain) && !this.#context.store.health().writable;
  }

  #postpone(due: DueWill): void {
    if (!this.#postponed.add(due)) {
      this.#deny(due.will, due.identity, "storage takes no writes");
    }
  }

  #decide(due: DueWill, allowed: boolean): void {
    const { will, identity, stored } = due;
    const step = stored ? this.#removal(identity.clientId) : undefined;
    if (allowed && !(will.retain && retainedFull(this.#context, will.topic, will.payload))) {
      const durable = this.#publishAllowed(will, identity, step);
      durable?.catch(() => {
        if (this.#mustWait(will)) this.#postpone(due);
      });
      return this.#context.deliveries.background(durable);
    }
    this.#deny(will, identity, allowed ? "too many retained messages" : "not authorized");
    this.#context.deliveries.background(step?.commit());
  }

  /** A step that begins with the removal of the stored will [MQTT-3.1.2-10]. */
  #removal(clientId: string): DeliveryStep {
    const step = new DeliveryStep(this.#context);
    step.batch.deleteWill(clientId);
    return step;
  }

  /** Nobody can be told but the operator. */
  #deny({ topic }: Will, { clientId }: Identity, reason: string): void {
    const { log, observer } = this.#context;
    observer.publishDenied?.(clientId, topic, reason);
    log.warn("will not published", { clientId, topic, reason });
  }

  #publishAllowed(will: Will, identity: Identity, step: DeliveryStep | undefined): Durable {
    const now = this.#context.clock.now();
    const { messageExpiryInterval } = will.properties;
    const message = new Message({
      topic: will.topic,
      payload: will.payload,
      qos: will.qos,
      retain: will.retain, // [MQTT-3.1.2-14] [MQTT-3.1.2-15]
      properties: messageProperties(will.properties),
      publisher: identity.clientId,
      receivedAt: now,
      expiresAt: messageExpiryInterval === undefined
        ? undefined
        : now + messageExpiryInterval * 1000,
    });
    return this.#context.publisher.publish(message, { origin: "will", step }).durable;
  }

  #record(
    clientId: string,
    username: string | undefined,
    will: Will,
    dueAt: number | undefined,
  ): WillRecord {
    return { clientId, will, username, dueAt };
  }
}

/** The will properties that travel with the message. */
function messageProperties(properties: Readonly<WillProperties>) {
  const { willDelayInterval: _delay, messageExpiryInterval: _expiry, ...forwarded } = properties;
  return forwarded;
}
