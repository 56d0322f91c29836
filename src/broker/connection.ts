/**
 * One network connection: bytes in, packets to the handlers, replies out. The one place that
 * catches, and the only one that writes.
 *
 * | state      | event                          | next       | effect                              |
 * |------------|--------------------------------|------------|-------------------------------------|
 * | opening    | CONNECT, AUTH                  | opening    | checked, authenticated              |
 * | opening    | session attached               | connected  | CONNACK 0, backlog, queue           |
 * | opening    | refused                        | closing    | CONNACK >= 0x80                     |
 * | opening    | read time-out, bad bytes       | closing    | CONNACK >= 0x80 where one is known  |
 * | connected  | DISCONNECT                     | closing    | the session is detached             |
 * | connected  | protocol error, takeover, …    | closing    | detached, DISCONNECT >= 0x80 (5.0)  |
 * | closing    | output written, or time-out    | closing    | the transport is closed             |
 * | any        | transport closed               | closed     | detached if it still was attached   |
 *
 * A connection that is closing or closed is superseded: it ignores what it still receives, and the
 * session no longer knows it, so it can neither write to nor close its successor.
 */
import type { Identity } from "../auth/auth.ts";
import { InvariantError } from "../base/invariant.ts";
import type { Deadline } from "../base/deadlines.ts";
import { PacketType, type ProtocolVersion } from "../mqtt/packet.ts";
import { PacketDecoder } from "../mqtt/packet_decoder.ts";
import type { Connack } from "../mqtt/packets/connack.ts";
import type { Connect } from "../mqtt/packets/connect.ts";
import type { Disconnect } from "../mqtt/packets/disconnect.ts";
import type { PublishAckType } from "../mqtt/packets/publish_ack.ts";
import { NO_PROPERTIES } from "../mqtt/properties.ts";
import { PacketError, ReasonCode } from "../mqtt/reason_code.ts";
import { InboundAliases, NO_INBOUND_ALIASES, OutboundAliases } from "../session/topic_aliases.ts";
import type { Receiver, Transport } from "../transport/transport.ts";
import type { ClientInfo } from "../events/observer.ts";
import type { PendingAuthentication } from "./authentication.ts";
import { untilNoneHolds } from "./congestion.ts";
import type { BrokerContext, ClientSession } from "./context.ts";
import type { PublishSource } from "./delivery.ts";
import { dispatch, dispatchSuccess } from "./dispatch.ts";
import { KeepAlive } from "./keep_alive.ts";
import { type OutputOwner, PacketOutput } from "./packet_output.ts";
import {
  ConnectRefusal,
  type DiagnosticsPolicy,
  Disconnection,
  DurableReply,
  hasReasonCodes,
  type Reply,
  ReplyThen,
  sendable,
  UnansweredWrite,
  withReasonString,
  withUserProperties,
} from "./reply.ts";
import { ReplyQueue } from "./reply_queue.ts";
import type { AcceptedConnect } from "./sessions.ts";

/** How long a connection that is being closed may take to write what it still has. */
const CLOSE_FLUSH_MS = 5_000;

/** A client whose own answers pile up to this multiple of `output_max` is not read until they drain. */
const OWN_OUTPUT_FACTOR = 2;

/** Parts of a queue's limits at which its client counts as congested, and as clear again. */
const QUEUE_HIGH_MARK = 1 / 2;
const QUEUE_LOW_MARK = 1 / 4;

export type ConnectionState = "opening" | "connected" | "closing" | "closed";

export class Connection implements Receiver, PublishSource, OutputOwner {
  state: ConnectionState = "opening";
  readonly output: PacketOutput;
  readonly transport: Transport;
  /** The CONNECT, once it was accepted as a packet; the state says whether the client was. */
  connect: Connect | undefined = undefined;
  session: ClientSession | undefined = undefined;
  /** Enhanced authentication under way, or the one that a re-authentication refers to. */
  authentication: PendingAuthentication | undefined = undefined;
  inboundAliases: InboundAliases = NO_INBOUND_ALIASES;
  /** Both count this connection only; PUBLISH packets are the messages. */
  bytesReceived = 0;
  messagesReceived = 0;
  /** Milliseconds since the epoch, at the start of the present read turn. */
  now: number;

  readonly #context: BrokerContext;
  readonly #decoder: PacketDecoder;
  readonly #keepAlive: KeepAlive;
  readonly #replies: ReplyQueue;
  readonly #onEnd: (connection: Connection) => void;
  #identity: Identity | undefined;
  #blockers: Connection[] = [];
  #closeDeadline: Deadline | undefined;

  /** `onEnd` is called when the transport has closed. */
  constructor(
    context: BrokerContext,
    transport: Transport,
    onEnd: (connection: Connection) => void,
  ) {
    this.#context = context;
    this.transport = transport;
    this.#onEnd = onEnd;
    this.now = context.clock.now();
    this.output = new PacketOutput(context, transport, this);
    this.#decoder = new PacketDecoder({
      role: "server",
      maximumPacketSize: context.limits.packetSizeMax,
      topics: context.topics,
    });
    this.#replies = new ReplyQueue(this.output, this);
    this.#keepAlive = new KeepAlive({
      clock: context.clock,
      deadlines: context.deadlines,
      stallMs: context.limits.readTimeoutMs,
      onSilence: () =>
        this.end(ReasonCode.KeepAliveTimeout, "no packet within the keep alive time"),
      onStall: () => this.#stalled(),
    });
    this.#keepAlive.expectProgress();
  }

  get version(): ProtocolVersion {
    return this.connect?.protocolVersion ?? this.#decoder.version ?? 4;
  }

  /** Who the client is. Only once it was authenticated. */
  get identity(): Identity {
    if (this.#identity === undefined) throw new InvariantError("the client is not authenticated");
    return this.#identity;
  }

  // Receiving

  receive(chunk: Uint8Array, more = false): Promise<void> | undefined {
    if (this.state === "closing" || this.state === "closed") return undefined;
    this.now = this.#context.clock.now();
    this.#context.statistics.bytesReceived += chunk.length;
    this.bytesReceived += chunk.length;
    this.#decoder.push(chunk);
    if (more) this.#context.outbox.gather();
    const wait = this.#processTurn();
    if (!more) this.#context.outbox.endGathering();
    return wait === undefined ? undefined : this.#processLater(wait);
  }

  closed(error: Error | undefined): void {
    if (this.state === "closed") return;
    this.#detach(ReasonCode.UnspecifiedError, error?.message ?? "connection lost", false);
    this.state = "closed";
    this.#keepAlive.stop();
    this.#closeDeadline?.cancel();
    this.#replies.end();
    this.output.end();
    this.#onEnd(this);
  }

  #processTurn(): Promise<void> | undefined {
    const { fanOutTurns } = this.#context;
    fanOutTurns.begin(this.now);
    const wait = this.#process();
    this.#context.relay.settle();
    fanOutTurns.end();
    return wait;
  }

  /** Handles all packets that have arrived, or as many as may be handled before the promise resolves. */
  #process(): Promise<void> | undefined {
    const { accounting, fanOutTurns, relay } = this.#context;
    try {
      for (;;) {
        const offered = accounting.matched;
        const connected = this.state === "connected";
        let qos = connected ? relay.relay(this, this.#decoder) : undefined;
        if (qos !== undefined) {
          this.#keepAlive.packetReceived(this.now);
        } else {
          const success = connected ? this.#decoder.nextSuccess() : 0;
          const packet = success === 0 ? this.#decoder.next() : undefined;
          if (success === 0 && packet === undefined) break;
          this.#keepAlive.packetReceived(this.now);
          this.#context.statistics.packetsReceived++;
          const result = packet === undefined
            ? dispatchSuccess(this.#context, this, success)
            : dispatch(this.#context, this, packet);
          if (result instanceof Promise) {
            return result.then((reply) => this.#replyLater(reply), (error) => this.fail(error));
          }
          if (result !== undefined) this.#reply(result);
          if (this.state !== "opening" && this.state !== "connected") return undefined;
          if (packet !== undefined && "qos" in packet) qos = packet.qos;
        }
        const wait = this.#mustWait();
        if (wait !== undefined) return wait;
        fanOutTurns.spend(accounting.matched - offered || 1, qos ?? 0);
        if (fanOutTurns.full) return fanOutTurns.nextTurn();
      }
      if (this.state === "connected") {
        if (this.#decoder.midPacket) this.#keepAlive.expectProgress();
        else this.#keepAlive.settle();
      }
    } catch (error) {
      this.fail(error);
    }
    return undefined;
  }

  async #processLater(first: Promise<void>): Promise<void> {
    let wait: Promise<void> | undefined = first;
    while (wait !== undefined) {
      this.#keepAlive.held = true;
      try {
        await wait;
      } catch (error) {
        this.fail(error);
      }
      this.#keepAlive.held = false;
      if (this.state !== "opening" && this.state !== "connected") return;
      this.now = this.#context.clock.now();
      wait = this.#processTurn();
    }
    if (this.state === "opening") this.#keepAlive.expectProgress();
  }

  /** Reasons not to look at the next packet yet. */
  #mustWait(): Promise<void> | undefined {
    if (this.#blockers.length > 0) {
      const blockers = this.#blockers.map(({ output }) => output.congestion)
        .filter(({ holdsPublishers }) => holdsPublishers);
      this.#blockers = [];
      if (blockers.length > 0 && !this.mustBeRead) return untilNoneHolds(blockers);
    }
    const { limits } = this.#context;
    if (this.#replies.size >= limits.receiveMaximum) {
      return this.#replies.untilBelow(limits.receiveMaximum);
    }
    const ownMax = OWN_OUTPUT_FACTOR * limits.outputMax;
    return this.output.pending > ownMax ? this.output.untilRoom(limits.outputMax) : undefined;
  }

  /**
   * True while others wait for this client to acknowledge what it was sent. Its acknowledgements
   * come behind its own messages, so it is not held for anybody: clients that feed each other would
   * all wait for each other.
   */
  get mustBeRead(): boolean {
    return this.output.congestion.holdsPublishers && (this.session?.queue.size ?? 0) > 0;
  }

  /** A receiver of a message from here is congested: no more is read until it is not, or is slow. */
  holdFor(receiver: Connection): void {
    if (!this.#blockers.includes(receiver)) this.#blockers.push(receiver);
  }

  /** Answers a PUBLISH, PUBREC or PUBREL, behind the answers that still wait. */
  acknowledge(type: PublishAckType, packetId: number, reasonCode: ReasonCode): void {
    if (this.state !== "connected") return;
    if (
      this.#replies.size === 0 &&
      (reasonCode === ReasonCode.Success || !hasReasonCodes(this.version))
    ) {
      this.output.sendSuccess(type, packetId);
    } else this.#replies.add({ type, packetId, reasonCode, properties: NO_PROPERTIES });
  }

  #reply(reply: Reply): void {
    if (reply === undefined || this.state === "closed" || this.state === "closing") return;
    if (reply instanceof DurableReply) this.#replies.addDurable(reply);
    else if (reply instanceof UnansweredWrite) this.#replies.addUnanswered(reply);
    else if (reply instanceof Disconnection) this.#disconnect(reply);
    else if (reply instanceof ConnectRefusal) this.#refuse(reply.packet, reply.reason);
    else if (reply instanceof ReplyThen) this.#replies.add(reply.packet, reply.after);
    // Not behind acknowledgements: a slow store must not look like a dead connection.
    else if (reply.type === PacketType.PINGRESP) this.output.send(reply);
    else this.#replies.add(reply);
  }

  #replyLater(reply: Reply): void {
    try {
      this.#reply(reply);
    } catch (error) {
      this.fail(error);
    }
  }

  // The life of the connection

  /** CONNECT was decoded and starts to be handled. */
  open(connect: Connect): void {
    this.connect = connect;
    this.output.version = connect.protocolVersion;
    this.output.maximumPacketSize = connect.properties.maximumPacketSize;
  }

  authenticated(identity: Identity): void {
    this.#identity = identity;
  }

  /**
   * The session is this connection's now: sends CONNACK, then what waits for the client. False when
   * the client has gone meanwhile. Called by `Sessions` within the client id's exclusive section.
   */
  attach(session: ClientSession, accept: AcceptedConnect): boolean {
    if (this.state !== "opening") return false;
    const { limits, statistics, observer, deliveries, retainedSender } = this.#context;
    this.state = "connected";
    this.session = session;
    this.#keepAlive.settle();
    this.#allowAliases(limits.topicAliasMaximum, session.topicAliasMaximum);
    session.outbound.attach(Math.min(session.receiveMaximum, limits.inflightMax));
    session.inbound.attach();
    statistics.clientsConnected++;
    if (statistics.clientsConnected > statistics.clientsConnectedMax) {
      statistics.clientsConnectedMax = statistics.clientsConnected;
    }
    this.output.send(accept.connack); // [MQTT-3.2.0-1]
    this.#keepAlive.start(accept.keepAliveSeconds);
    observer.clientConnected?.(this.#info());
    deliveries.pump(session);
    this.checkCongested(); // by a queue that has filled up meanwhile
    retainedSender.resume(session);
    return true;
  }

  #allowAliases(inbound: number, outbound: number): void {
    if (inbound > 0) this.inboundAliases = new InboundAliases(inbound);
    if (outbound > 0) this.output.aliases = new OutboundAliases(outbound);
  }

  /** The client has sent DISCONNECT. */
  peerDisconnected(reasonCode: ReasonCode, reason: string, willDiscarded: boolean): void {
    this.#detach(reasonCode, reason, willDiscarded);
    this.#close();
  }

  /** Ends the connection from our side, with a DISCONNECT where the version and the moment allow. */
  end(reasonCode: ReasonCode, reason: string): void {
    this.#disconnect(new Disconnection(reasonCode, reason));
  }

  #disconnect({ reasonCode, reason, userProperties }: Disconnection): void {
    if (this.state === "closing" || this.state === "closed") return;
    const connected = this.state === "connected"; // [MQTT-3.14.0-1]
    this.#detach(reasonCode, reason, false);
    try {
      if (!connected || !hasReasonCodes(this.version)) return;
      const policy: DiagnosticsPolicy = {
        protocolVersion: this.version,
        requestProblemInformation: this.connect?.properties.requestProblemInformation ?? true,
        maximumPacketSize: this.connect?.properties.maximumPacketSize,
      };
      const disconnect: Disconnect = {
        type: PacketType.DISCONNECT,
        reasonCode,
        properties: NO_PROPERTIES,
      };
      const reasoned = withReasonString(disconnect, reason, policy); // [MQTT-3.14.2-3]
      this.output.send(
        userProperties === undefined
          ? reasoned
          : withUserProperties(reasoned, userProperties, policy), // [MQTT-3.14.2-4]
      );
    } finally {
      this.#close();
    }
  }

  /** Something was thrown while serving this client: the one place where errors become reason codes. */
  fail(error: unknown): void {
    const { log, statistics, observer } = this.#context;
    if (this.state === "closing" || this.state === "closed") return;
    if (error instanceof PacketError) {
      if (error.reasonCode === ReasonCode.MalformedPacket) statistics.packetErrors++;
      else statistics.protocolErrors++;
      observer.protocolError?.(this.transport.remoteAddress, error.reasonCode, error.message);
      log.info("protocol error", {
        clientId: this.session?.clientId,
        remote: this.transport.remoteAddress,
        reasonCode: error.reasonCode,
        reason: error.message,
      });
      if (this.state === "opening") this.#refuseUnreadable(error);
      else this.end(error.reasonCode, error.message);
      return;
    }
    log.error("cannot serve a client", {
      clientId: this.session?.clientId,
      remote: this.transport.remoteAddress,
      error: error instanceof Error ? error.stack ?? error.message : String(error),
    });
    this.end(
      error instanceof InvariantError
        ? ReasonCode.ImplementationSpecificError
        : ReasonCode.UnspecifiedError,
      "the server cannot process this",
    );
  }

  /** Something that fills this connection has become full: publishers that feed it wait. */
  checkCongested(): void {
    const { queue } = this.session!;
    const { messagesMax, bytesMax } = this.#context.limits.queue;
    if (queue.size >= QUEUE_HIGH_MARK * messagesMax || queue.bytes >= QUEUE_HIGH_MARK * bytesMax) {
      this.output.congestion.overHighMark();
    }
  }

  /** Something that fills it has drained. */
  checkDrained(): void {
    if (this.output.congestion.state === "clear") return;
    const { outputLowWater, queue: { messagesMax, bytesMax } } = this.#context.limits;
    if (this.output.pending >= outputLowWater) return;
    const { queue } = this.session!;
    if (queue.size > QUEUE_LOW_MARK * messagesMax || queue.bytes > QUEUE_LOW_MARK * bytesMax) {
      return;
    }
    this.output.congestion.underLowMark();
  }

  outputDrained(): void {
    if (this.state !== "connected") return;
    if (this.session !== undefined) this.#context.deliveries.pump(this.session);
    this.checkDrained();
  }

  #stalled(): void {
    if (this.state === "opening") {
      this.#context.log.info("no CONNECT within the read time-out", {
        remote: this.transport.remoteAddress,
      });
      this.#close();
    } else this.end(ReasonCode.UnspecifiedError, "a packet stalled half-way");
  }

  #refuse(connack: Connack, reason: string): void {
    this.#context.statistics.connectionsRefused++;
    this.#context.log.info("connection refused", {
      clientId: this.connect?.clientId,
      remote: this.transport.remoteAddress,
      reasonCode: connack.reasonCode,
      reason,
    });
    this.output.send(connack);
    this.#close();
  }

  /** A CONNECT that is none. Its version is known when it was read that far: then CONNACK says why. */
  #refuseUnreadable({ reasonCode }: PacketError): void {
    const version = this.connect?.protocolVersion ?? this.#decoder.version;
    const readable = version === 5 ||
      (this.connect === undefined && reasonCode === ReasonCode.UnsupportedProtocolVersion);
    if (readable) {
      this.output.version = version ?? 4;
      this.output.send({
        type: PacketType.CONNACK,
        sessionPresent: false,
        // A packet that came too early may be wrong in ways that CONNACK has no code for.
        reasonCode: sendable(PacketType.CONNACK, reasonCode, ReasonCode.ProtocolError),
        properties: NO_PROPERTIES,
      });
    }
    this.#context.statistics.connectionsRefused++;
    this.#close();
  }

  /** The session goes on without this connection, or ends. */
  #detach(reasonCode: ReasonCode, reason: string, willDiscarded: boolean): void {
    if (this.state !== "connected") return;
    const { statistics, observer, sessions, deliveries } = this.#context;
    const session = this.session!;
    statistics.clientsConnected--;
    this.state = "closing";
    observer.clientDisconnected?.(this.#info(), reasonCode, reason);
    deliveries.background(sessions.detach(session, this, this.identity, willDiscarded));
  }

  /** Writes what there still is, then closes the transport. */
  #close(): void {
    if (this.state === "closed") return;
    this.state = "closing";
    this.#keepAlive.stop();
    this.#replies.end();
    this.output.congestion.end();
    this.#closeDeadline = this.#context.deadlines.after(
      CLOSE_FLUSH_MS,
      () => this.transport.abort(),
    );
    this.output.whenEmpty(() => void this.transport.close());
  }

  #info(): ClientInfo {
    const connect = this.connect!;
    return {
      clientId: this.session!.clientId,
      username: this.identity.username,
      protocolVersion: connect.protocolVersion,
      cleanStart: connect.cleanStart,
      keepAlive: connect.keepAlive,
      remoteAddress: this.transport.remoteAddress,
    };
  }
}
