/**
 * The short way of a plain PUBLISH (see `PlainPublish`) through the broker: the bytes go from the
 * read buffer into the output of each receiver, and neither packet, message nor delivery is made.
 *
 * It decides nothing of its own. It asks whether everything is as usual; where anything is not, the
 * packet, or what one recipient gets of it, takes the long way, which knows all rules:
 *
 * | what is asked                                                        | otherwise            |
 * |----------------------------------------------------------------------|----------------------|
 * | an ordinary topic, a payload within the limit, a client allowed to    | the packet goes long |
 * | no peer, no shared group and no No Local subscription is concerned    | the packet goes long |
 * | QoS 1 and 2: within the quota, nothing has to be stored or sent again | the packet goes long |
 * | recipient is connected, same version, no identifiers, no alias, room | the recipient does   |
 * | QoS 1 and 2: granted the same, nothing waits, the window is open     | the recipient does   |
 *
 * The books, the counters, back-pressure and observers see no difference. What is in flight to a
 * session that ends with its connection is never sent again, so that the message need not be kept.
 */
import type { BrokerObserver, PublishedRun } from "../events/observer.ts";
import { Message } from "../mqtt/message.ts";
import { PacketType, type ProtocolVersion, type QoS } from "../mqtt/packet.ts";
import type { PacketDecoder } from "../mqtt/packet_decoder.ts";
import { PlainPublish } from "../mqtt/plain_publish.ts";
import { fitsTopicLimits, isDollarTopic } from "../mqtt/topic.ts";
import type { KnownTopic } from "../mqtt/topic_cache.ts";
import type { Match, Recipient } from "../router/router.ts";
import type { Connection } from "./connection.ts";
import type { BrokerContext, ClientSession } from "./context.ts";
import type { PacketOutput } from "./packet_output.ts";
import { success } from "./handlers/publish.ts";
import { deliveryFor } from "./publisher.ts";

const NO_BYTES = new Uint8Array(0);

/** Neighbours in the read buffer with the same topic, for observers that only count. */
class RelayedRun implements PublishedRun {
  memo: KnownTopic | undefined = undefined;
  publisher: string | undefined = undefined;
  messages = 0;
  bytes = 0;
  receivedAt = 0;
  readonly #observer: BrokerObserver;
  /** Where the last payload lies. */
  #chunk: Uint8Array = NO_BYTES;
  #start = 0;
  #end = 0;

  constructor(observer: BrokerObserver) {
    this.#observer = observer;
  }

  /** Only while there is something to tell. */
  get topic(): string {
    return this.memo!.name;
  }

  get payload(): Uint8Array {
    return this.#chunk.subarray(this.#start, this.#end);
  }

  add({ topic, bytes, payloadStart, end }: PlainPublish, source: Connection): void {
    // Within a turn there is one source.
    if (topic !== this.memo) {
      this.tell();
      this.memo = topic;
    }
    this.publisher = source.session!.clientId;
    this.messages++;
    this.bytes += end - payloadStart;
    this.receivedAt = source.now;
    this.#chunk = bytes;
    this.#start = payloadStart;
    this.#end = end;
  }

  tell(): void {
    if (this.messages === 0) return;
    this.#observer.messagesPublished!(this);
    this.memo = undefined;
    this.messages = 0;
    this.bytes = 0;
    this.#chunk = NO_BYTES;
  }
}

/** Slots of the topic table that are swept for each change of a subscription. */
const SLOTS_PER_CHANGE = 4;

/** A list that was longer is not kept. */
const UNSETTLED_KEPT = 1024;

export class Relay {
  readonly #context: BrokerContext;
  /** The packet under way, and what was made of it for those who need it. */
  readonly #plain = new PlainPublish();
  #message: Message | undefined;
  /** Who was passed on something that is not copied yet. */
  #unsettled: PacketOutput[] = [];
  /** Of the subscriptions, at the last look. */
  #version = 0;
  /** What observers have not been told yet. */
  readonly #run: RelayedRun;
  #answer: boolean | Promise<boolean> | undefined;

  constructor(context: BrokerContext) {
    this.#context = context;
    this.#run = new RelayedRun(context.observer);
  }

  /**
   * Publishes the next packet of the connection, which is connected, if it can go the short way, and
   * returns its QoS; undefined: it is still the next one.
   */
  relay(connection: Connection, decoder: PacketDecoder): QoS | undefined {
    const plain = this.#plain;
    if (!decoder.peek(plain) || !this.#isUsual(connection)) {
      this.#run.tell(); // before what comes behind it
      return undefined;
    }
    decoder.take(plain);
    this.#message = undefined; // of another packet, if that has failed
    const { statistics } = this.#context;
    statistics.packetsReceived++;
    statistics.publishReceived++;
    connection.messagesReceived++;
    const { qos, packetId, topic } = plain;
    if (qos === 0 && topic.receiver !== undefined) {
      this.#offerAlone(connection, topic.receiver as ClientSession);
      return qos;
    }
    if (qos === 2) connection.session!.inbound.receive(packetId);
    const { recipients } = topic.route as Match<ClientSession>;
    for (let index = 0; index < recipients.length; index++) {
      this.#offer(connection, recipients[index]!);
    }
    this.#tellObservers(connection);
    if (qos > 0) {
      const type = qos === 1 ? PacketType.PUBACK : PacketType.PUBREC;
      connection.acknowledge(type, packetId, success(recipients.length));
    }
    return qos;
  }

  /** Whether the packet that was looked at can go the short way; its topic has its route then. */
  #isUsual(connection: Connection): boolean {
    const { limits, cluster, authorizer, router } = this.#context;
    const { topic, qos, payloadStart, end } = this.#plain;
    if (end - payloadStart > limits.messageSizeMax || !cluster.alone) return false;
    if (topic.routeVersion !== router.version) this.#route(topic);
    if (topic.route === undefined) return false;
    if (qos > 0 && !this.#ordinaryExchange(connection.session!, topic)) return false;
    const allowed = authorizer.publish(connection.identity, topic.name, qos, false);
    if (allowed === true) return true;
    this.#answer = allowed;
    return false;
  }

  /** Whether a message at QoS 1 or 2 is new, may be sent by now, and goes to nobody's store. */
  #ordinaryExchange({ inbound, durable }: ClientSession, { route }: KnownTopic): boolean {
    const { qos, packetId } = this.#plain;
    const { maximumQoS, receiveMaximum, retryIntervalMs } = this.#context.limits;
    if (qos > maximumQoS || inbound.used >= receiveMaximum || retryIntervalMs > 0) return false;
    if (qos === 2 && (durable || inbound.get(packetId) !== undefined)) return false;
    const { recipients } = route as Match<ClientSession>;
    for (let index = 0; index < recipients.length; index++) {
      const recipient = recipients[index]!;
      if (recipient.subscriber.durable && recipient.qos > 0) return false;
    }
    return true;
  }

  /**
   * Asks the router, once for each topic as long as no subscription changes. A topic with which
   * messages cannot go the short way gets no route.
   */
  #route(topic: KnownTopic): void {
    const { router } = this.#context;
    const { version } = router;
    const { name } = topic;
    if (version !== this.#version) this.#sweep(version);
    topic.route = undefined;
    topic.receiver = undefined;
    topic.routeVersion = version;
    if (isDollarTopic(name) || !fitsTopicLimits(name)) return;
    const match = router.match(name);
    if (match.groups.length > 0 || match.hasNoLocal) return;
    topic.route = match;
    const [first] = match.recipients;
    if (match.recipients.length === 1 && first!.subscriptionIdentifiers.length === 0) {
      topic.receiver = first!.subscriber;
    }
  }

  /** Subscriptions have changed: routes that nobody asks for again must not keep what is gone. */
  #sweep(version: number): void {
    const { topics } = this.#context;
    const changes = version - this.#version;
    this.#version = version;
    topics.sweepRoutes(Math.min(changes * SLOTS_PER_CHANGE, topics.slots), version);
  }

  /** The read buffer may be used for something else now. */
  settle(): void {
    this.#run.tell();
    const unsettled = this.#unsettled;
    if (unsettled.length === 0) return;
    for (let index = 0; index < unsettled.length; index++) unsettled[index]!.settle();
    if (unsettled.length > UNSETTLED_KEPT) this.#unsettled = [];
    else unsettled.length = 0;
  }

  /**
   * What the authorizer said when it was asked whether the packet may go the short way, for the
   * handler on the long one, so that it is asked once; undefined: it was not asked.
   */
  takeAnswer(): boolean | Promise<boolean> | undefined {
    const answer = this.#answer;
    this.#answer = undefined;
    return answer;
  }

  /**
   * What happens most often, at QoS 0 to the one receiver of a topic: it is in the known topic, so
   * that neither the match nor the recipient have to be fetched from memory.
   */
  #offerAlone(source: Connection, { connection, clientId }: ClientSession): void {
    const { topic, start, end, bytes } = this.#plain;
    if (connection === undefined || !connection.output.passesOn(source.version, end - start)) {
      this.#offer(source, (topic.route as Match<ClientSession>).recipients[0]!);
    } else {
      if (connection.output.passOn(bytes, start, end)) this.#unsettled.push(connection.output);
      this.#passedOn(source, connection, clientId);
    }
    this.#tellObservers(source);
  }

  #offer(source: Connection, recipient: Recipient<ClientSession>): void {
    const { deliveries } = this.#context;
    const { subscriber } = recipient;
    const { connection } = subscriber;
    if (connection === undefined || !this.#passOn(recipient, connection.output, source.version)) {
      const delivery = deliveryFor(this.#asMessage(source), recipient, undefined, undefined);
      deliveries.offer(subscriber, delivery, "matched", undefined, source);
    } else this.#passedOn(source, connection, subscriber.clientId);
  }

  #passedOn(source: Connection, receiver: Connection, clientId: string): void {
    const { accounting, observer } = this.#context;
    accounting.matched++;
    if (observer.messageDelivered !== undefined) {
      observer.messageDelivered(clientId, this.#asMessage(source), this.#plain.qos);
    }
    if (receiver.output.congestion.holdsPublishers) source.holdFor(receiver);
  }

  #tellObservers(source: Connection): void {
    const { observer } = this.#context;
    if (observer.messagePublished !== undefined) {
      observer.messagePublished(this.#asMessage(source));
    }
    if (observer.messagesPublished !== undefined) this.#run.add(this.#plain, source);
    this.#message?.release();
    this.#message = undefined;
  }

  /** False: what the recipient gets of the message has to go the long way. */
  #passOn(
    { subscriber, subscriptionIdentifiers, qos: granted }: Recipient<ClientSession>,
    output: PacketOutput,
    version: ProtocolVersion,
  ): boolean {
    const { qos, topic, bytes, start, end, packetIdAt } = this.#plain;
    if (subscriptionIdentifiers.length > 0 || !output.passesOn(version, end - start)) return false;
    if (qos === 0) {
      if (output.passOn(bytes, start, end)) this.#unsettled.push(output);
      return true;
    }
    const { outbound, queue } = subscriber;
    if (granted < qos || queue.size > 0 || !outbound.passes || output.overHighMark) return false;
    const packetId = outbound.passOn(topic.name, qos, subscriber.nextSeq());
    output.passOnAs(packetId, bytes, start, end, packetIdAt);
    return true;
  }

  #asMessage(source: Connection): Message {
    if (this.#message !== undefined) return this.#message;
    this.#message = new Message({
      topic: this.#plain.topic.name,
      payload: this.#plain.payload,
      qos: this.#plain.qos,
      retain: false,
      publisher: source.session!.clientId,
      receivedAt: source.now,
    });
    this.#message.hold(); // until everybody was offered it
    return this.#message;
  }
}
