/**
 * The sessions of this node: found by client id, opened by CONNECT, detached when their connection
 * ends, ended by expiry, clean start or an administrator. What a CONNECT means for an existing
 * session is decided by the table in `takeover.ts`.
 */
import type { Deadline } from "../base/deadlines.ts";
import type { Durable } from "../base/durable.ts";
import { type ReadonlySortedKeys, SortedKeys } from "../base/sorted_keys.ts";
import { TaskLimit } from "../base/task_limit.ts";
import { Session } from "../session/session.ts";
import type { Connack } from "../mqtt/packets/connack.ts";
import type { Connect } from "../mqtt/packets/connect.ts";
import { ReasonCode } from "../mqtt/reason_code.ts";
import type { Identity } from "../auth/auth.ts";
import { SESSION_EXPIRY_NEVER, type StoreBatch } from "../storage/store.ts";
import type { SessionSnapshot } from "../cluster/cluster.ts";
import type { Connection } from "./connection.ts";
import type { BrokerContext, ClientSession } from "./context.ts";
import { adoptSnapshot, snapshotOf } from "./handover.ts";
import { sessionRecord } from "./session_record.ts";
import { redistributeShared } from "./shared_inheritance.ts";
import { planTakeover, type TakeoverPlan } from "./takeover.ts";

export type SessionEndCause = "expired" | "clean_start" | "disconnected" | "removed";

/** What CONNECT asks for, after the broker's own limits were applied. */
export interface OpenRequest {
  readonly clientId: string;
  readonly connect: Connect;
  readonly identity: Identity;
  /** Seconds. */
  readonly expiryInterval: number;
  readonly receiveMaximum: number;
  readonly topicAliasMaximum: number;
  /** What gets attached. */
  readonly connection: Connection;
  /** Makes the answer, once it is known whether there was a session [MQTT-3.2.2-2] [MQTT-3.2.2-3]. */
  readonly accept: (sessionPresent: boolean) => AcceptedConnect;
}

/** What goes with an accepted CONNECT. */
export interface AcceptedConnect {
  readonly connack: Connack;
  /** The Keep Alive that holds: the client's, or the server's. */
  readonly keepAliveSeconds: number;
}

/** `gone`: the connection ended while its session was being opened. */
export type OpenResult = "opened" | "full" | "gone";

/**
 * Expired sessions that are ended at the same time. After a long stop they are all due at once, and
 * each takes a part of its queue into memory.
 */
const ENDING_MAX = 16;

export class Sessions {
  readonly #context: BrokerContext;
  readonly #sessions = new Map<string, ClientSession>();
  /** The keys of that in order, for lists. */
  readonly #clientIds = new SortedKeys();
  /** Expiry of sessions without a connection. */
  readonly #expiry = new Map<ClientSession, Deadline>();
  /** Ends of the latest exclusive section for each client id that has one. */
  readonly #locks = new Map<string, Promise<void>>();
  /** Sessions that are about to be made: they count against the limit as well. */
  #expected = 0;
  /** Client ids of ended sessions that the store still has, because it did not take their end. */
  readonly #undeleted = new Set<string>();

  readonly #ending = new TaskLimit(ENDING_MAX);

  constructor(context: BrokerContext) {
    this.#context = context;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(clientId: string): ClientSession | undefined {
    return this.#sessions.get(clientId);
  }

  get clientIds(): ReadonlySortedKeys {
    return this.#clientIds;
  }

  all(): IterableIterator<ClientSession> {
    return this.#sessions.values();
  }

  /**
   * Creates or resumes the session of a CONNECT, taking it over from an older connection, and
   * attaches the new one (`Connection.attach`). Rejects when the store or the cluster fails; then
   * nothing is attached.
   */
  open(request: OpenRequest): Promise<OpenResult> {
    return this.#exclusively(request.clientId, () => this.#open(request));
  }

  /**
   * The connection has ended. `willDiscarded`: by a DISCONNECT that says so. Ignored for a
   * connection that was superseded. Durable when the session's new state is.
   */
  detach(
    session: ClientSession,
    connection: Connection,
    identity: Identity,
    willDiscarded: boolean,
  ): Durable {
    if (session.connection !== connection) return undefined;
    this.#release(session);
    const ends = session.expiryInterval === 0;
    const batch = session.durable ? this.#context.store.batch() : undefined;
    if (willDiscarded) this.#context.wills.cancel(session, batch);
    else this.#context.wills.connectionLost(session, identity, ends, batch);
    if (!ends) {
      batch?.putSession(sessionRecord(session));
      this.#expireLater(session);
      return batch?.commit();
    }
    this.#context.deliveries.background(batch?.commit());
    // Behind a CONNECT that is under way: what it stores for this client id must not be deleted here.
    return this.#exclusively(session.clientId, async () => {
      if (session.connection === undefined) await this.#end(session, "disconnected");
    });
  }

  /** Ends a session for good, whatever its state; its connection gets DISCONNECT with `reasonCode`. */
  remove(clientId: string, reasonCode: ReasonCode, reason: string): Promise<boolean> {
    return this.#exclusively(clientId, async () => {
      const session = this.#sessions.get(clientId);
      if (session === undefined) return false;
      session.connection?.end(reasonCode, reason);
      if (!session.ended) await this.#end(session, "removed");
      return true;
    });
  }

  /**
   * Another node takes the session: its client is disconnected and its state returned. It is kept
   * until `lost`. Undefined when there is no session.
   */
  surrender(clientId: string): Promise<SessionSnapshot | undefined> {
    return this.#exclusively(clientId, async () => {
      const session = this.#sessions.get(clientId);
      if (session === undefined) return undefined;
      session.connection?.end(ReasonCode.SessionTakenOver, "the session moves to another node");
      this.#stopExpiry(session);
      return await snapshotOf(this.#context, session);
    });
  }

  /** The session belongs to another node now: it is dropped here without a trace. */
  lost(clientId: string, epoch: number): void {
    const session = this.#sessions.get(clientId);
    if (session === undefined || session.epoch !== epoch) return;
    session.connection?.end(ReasonCode.SessionTakenOver, "the session has moved to another node");
    session.ended = true;
    this.#remove(session);
    this.#stopExpiry(session);
    for (const topicFilter of session.subscriptions.keys()) {
      this.#context.router.unsubscribe(session, topicFilter);
    }
    this.#context.accounting.handedOver += session.outbound.size + session.queue.size;
    const batch = this.#context.store.batch();
    this.#context.wills.cancel(session, batch);
    batch.deleteSession(clientId);
    this.#context.deliveries.background(batch.commit());
  }

  /** After a restart: a session as it was stored, without its connection. */
  adopt(session: ClientSession): void {
    this.#add(session);
    this.#expireLater(session);
  }

  /** Resolves when no session is being opened or ended. Those that wait to be ended are kept. */
  async idle(): Promise<void> {
    this.#ending.clear();
    while (this.#locks.size > 0) await Promise.all(this.#locks.values());
  }

  /** Forgets all deadlines; the sessions stay as they are. */
  stop(): void {
    for (const deadline of this.#expiry.values()) deadline.cancel();
    this.#expiry.clear();
  }

  async #open(request: OpenRequest): Promise<OpenResult> {
    const { limits, wills } = this.#context;
    await this.#endIfExpired(request.clientId);
    const existing = this.#sessions.get(request.clientId);
    if (existing === undefined && this.#sessions.size + this.#expected >= limits.sessionsMax) {
      return "full";
    }
    const plan = planTakeover({
      existing: existing === undefined ? "none" : existing.connection ? "online" : "offline",
      cleanStart: request.connect.cleanStart,
      outlivesConnection: (existing?.expiryInterval ?? 0) > 0,
      willDelay: existing === undefined ? undefined : wills.delayOf(existing),
    });
    const undo = existing === undefined ? undefined : this.#unhook(existing, plan);
    const opened = await this.#claim(request, existing, plan.session === "resume", undo);
    const { session, sessionPresent } = opened;
    // Within the exclusive section: a CONNECT that waits for it must see this one attached.
    session.connection = request.connection;
    if (request.connection.attach(session, request.accept(sessionPresent))) return "opened";
    this.#context.deliveries.background(
      this.detach(session, request.connection, request.identity, true),
    );
    return "gone";
  }

  /**
   * Becomes the owner of the session, here or from another node, and stores what was negotiated.
   * `undo` puts an existing session back when that fails.
   */
  async #claim(
    request: OpenRequest,
    existing: ClientSession | undefined,
    resume: boolean,
    undo: (() => void) | undefined,
  ): Promise<{ session: ClientSession; sessionPresent: boolean }> {
    const { cleanStart } = request.connect;
    let created: ClientSession | undefined;
    let expected = existing === undefined ? 1 : 0; // places that are taken before the session is there
    this.#expected += expected;
    try {
      const grant = await this.#context.cluster.claim(request.clientId, {
        cleanStart,
        persistent: request.expiryInterval > 0,
      });
      const snapshot = cleanStart ? undefined : grant.snapshot;
      const resumed = resume && existing !== undefined && !existing.ended;
      if (existing !== undefined && !existing.ended && !resumed) {
        const ended = this.#end(existing, cleanStart ? "clean_start" : "disconnected");
        expected = 1; // The place of the old session is the new one's.
        this.#expected++;
        await ended;
      }
      if (!resumed) created = this.#create(request, grant.epoch, snapshot !== undefined);
      this.#expected -= expected;
      expected = 0;
      const session = created ?? existing!;
      session.epoch = grant.epoch;
      this.#negotiate(session, request);
      await this.#save(session, request, resumed ? undefined : snapshot);
      return { session, sessionPresent: resumed || snapshot !== undefined };
    } catch (error) {
      this.#expected -= expected;
      if (created !== undefined) this.#forget(created);
      else if (existing?.ended === false) undo!();
      throw error;
    }
  }

  async #save(
    session: ClientSession,
    request: OpenRequest,
    snapshot: SessionSnapshot | undefined,
  ): Promise<void> {
    const { clientId, durable } = session;
    const undeleted = this.#undeleted.has(clientId);
    const batch = durable || undeleted ? this.#context.store.batch() : undefined;
    if (undeleted) batch!.deleteSession(clientId); // [MQTT-3.1.2-4]
    if (durable) batch!.putSession(sessionRecord(session));
    if (snapshot !== undefined) adoptSnapshot(this.#context, session, snapshot, batch!);
    this.#context.wills.arm(session, request.connect.will, durable ? batch : undefined);
    await batch?.commit();
    this.#undeleted.delete(clientId);
  }

  /** A new session that could not be stored never was. */
  #forget(session: ClientSession): void {
    session.will = undefined;
    session.ended = true;
    this.#remove(session);
  }

  /**
   * Takes the old connection off the session and lets its will go, as the plan says. Returns what
   * makes the session wait again when the new connection is refused: as it was, for as long as it
   * had left.
   */
  #unhook(session: ClientSession, plan: TakeoverPlan): () => void {
    const { wills, cluster, observer, store } = this.#context;
    this.#stopExpiry(session);
    const { connection } = session;
    if (plan.disconnectOld && connection !== undefined) {
      const { nodeId } = cluster;
      observer.sessionTakenOver?.(session.clientId, nodeId, nodeId);
      const batch = session.durable ? store.batch() : undefined;
      this.#release(session);
      wills.connectionLost(session, connection.identity, plan.will === "publish", batch);
      this.#context.deliveries.background(batch?.commit());
      connection.end(ReasonCode.SessionTakenOver, "another connection uses this client identifier");
    }
    // A delayed will that is to be published goes with the end of its session.
    const resumeWill = plan.will === "cancel" ? wills.suspend(session.clientId) : undefined;
    const { expiryInterval, disconnectedAt } = session;
    return () => {
      session.will = undefined;
      session.expiryInterval = expiryInterval;
      session.disconnectedAt = disconnectedAt;
      resumeWill?.();
      this.#expireLater(session);
    };
  }

  #add(session: ClientSession): void {
    this.#sessions.set(session.clientId, session);
    this.#clientIds.add(session.clientId);
  }

  /** Unless another one has taken its place. */
  #remove(session: ClientSession): void {
    const { clientId } = session;
    if (this.#sessions.get(clientId) !== session) return;
    this.#sessions.delete(clientId);
    this.#clientIds.delete(clientId);
  }

  #create(request: OpenRequest, epoch: number, handedOver: boolean): ClientSession {
    const session: ClientSession = new Session<Connection>({
      clientId: request.clientId,
      epoch,
      durable: request.expiryInterval > 0 || handedOver,
      queueLimits: this.#context.limits.queue,
    });
    this.#add(session);
    return session;
  }

  #negotiate(session: ClientSession, request: OpenRequest): void {
    const { connect } = request;
    const { properties } = connect;
    session.protocolVersion = connect.protocolVersion;
    session.username = request.identity.username;
    session.cleanStart = connect.cleanStart;
    session.expiryInterval = request.expiryInterval;
    session.receiveMaximum = request.receiveMaximum;
    session.maximumPacketSize = properties.maximumPacketSize;
    session.topicAliasMaximum = request.topicAliasMaximum;
    session.requestResponseInformation = properties.requestResponseInformation ?? false;
    session.requestProblemInformation = properties.requestProblemInformation ?? true;
    session.connectedAt = this.#context.clock.now();
    session.disconnectedAt = undefined;
  }

  /** The session loses its connection but lives on, for the moment. */
  #release(session: ClientSession): void {
    session.connection = undefined;
    session.outbound.detach();
    session.disconnectedAt = this.#context.clock.now();
  }

  async #end(session: ClientSession, cause: SessionEndCause): Promise<void> {
    const { cluster, router, observer, wills, deliveries, store } = this.#context;
    if (session.ended) return;
    session.ended = true;
    this.#remove(session);
    this.#stopExpiry(session);
    for (const topicFilter of session.subscriptions.keys()) {
      router.unsubscribe(session, topicFilter);
      observer.subscriptionRemoved?.(session.clientId, topicFilter);
    }
    const batch: StoreBatch | undefined = session.durable ? store.batch() : undefined;
    await redistributeShared(this.#context, session);
    session.subscriptions.clear();
    for (const { delivery } of session.outbound.clear()) deliveries.letGo(session, delivery);
    for (const { delivery } of session.queue.resident()) deliveries.letGo(session, delivery);
    session.queue.clear();
    session.inbound.clear();
    batch?.deleteSession(session.clientId);
    deliveries.background(cluster.release(session.clientId, session.epoch));
    observer.sessionEnded?.(session.clientId, cause);
    wills.sessionEnded(session.clientId);
    try {
      await batch?.commit();
    } catch (error) {
      this.#undeleted.add(session.clientId);
      throw error;
    }
  }

  /** When a session without a connection ends (milliseconds since the epoch); undefined: never. */
  expiryDue({ expiryInterval, disconnectedAt }: ClientSession): number | undefined {
    if (expiryInterval === SESSION_EXPIRY_NEVER) return undefined;
    return (disconnectedAt ?? this.#context.clock.now()) + expiryInterval * 1000;
  }

  #expireLater(session: ClientSession): void {
    const due = this.expiryDue(session);
    if (due === undefined) return;
    const deadline = this.#context.deadlines.at(due, () => {
      this.#expiry.delete(session);
      const expired = this.#ending.run(() =>
        this.#exclusively(session.clientId, () => this.#expire(session))
      );
      this.#context.deliveries.background(expired);
    });
    this.#expiry.set(session, deadline);
  }

  /** A CONNECT may come before the deadline is called, after a restart above all. */
  async #endIfExpired(clientId: string): Promise<void> {
    const session = this.#sessions.get(clientId);
    if (session === undefined || session.connection !== undefined) return;
    const due = this.expiryDue(session);
    if (due !== undefined && due <= this.#context.clock.now()) await this.#expire(session);
  }

  async #expire(session: ClientSession): Promise<void> {
    // A CONNECT may have come first, and be gone again.
    if (session.connection !== undefined || session.disconnectedAt === undefined) return;
    const due = this.expiryDue(session);
    if (due === undefined || due > this.#context.clock.now()) return;
    await this.#end(session, "expired"); // [MQTT-4.1.0-2]
  }

  #stopExpiry(session: ClientSession): void {
    this.#expiry.get(session)?.cancel();
    this.#expiry.delete(session);
  }

  /** Runs `task` when all earlier ones of the same client id are done, failed or not. */
  async #exclusively<T>(clientId: string, task: () => Promise<T>): Promise<T> {
    const before = this.#locks.get(clientId);
    let unlock!: () => void;
    const lock = new Promise<void>((resolve) => unlock = resolve);
    this.#locks.set(clientId, lock);
    try {
      await before;
      return await task();
    } finally {
      unlock();
      if (this.#locks.get(clientId) === lock) this.#locks.delete(clientId);
    }
  }
}
