/**
 * An MQTT 5.0 client over the WebSocket of the broker, for somebody who looks: one connection, no
 * session that outlives the page.
 *
 * | state      | event                | next       | effect                                      |
 * |------------|----------------------|------------|---------------------------------------------|
 * | connecting | CONNACK 0x00         | connected  | keep-alive begins                           |
 * | connecting | CONNACK refused      | ended      | the reason is told                          |
 * | connected  | PUBLISH              | connected  | told once, acknowledged at QoS 1 and 2      |
 * | connected  | an acknowledgement   | connected  | the request that waits for it is settled    |
 * | connected  | DISCONNECT           | ended      | its reason is told                          |
 * | any        | the socket is closed | ended      | requests that wait are rejected             |
 */
import { type Packet, PacketType, type QoS } from "../../src/mqtt/packet.ts";
import { PacketDecoder } from "../../src/mqtt/packet_decoder.ts";
import { toBytes } from "../../src/mqtt/packet_encoder.ts";
import type { Connect } from "../../src/mqtt/packets/connect.ts";
import type { Publish } from "../../src/mqtt/packets/publish.ts";
import type { SubscribeRequest } from "../../src/mqtt/packets/subscribe.ts";
import { NO_PROPERTIES, type PublishProperties } from "../../src/mqtt/properties.ts";
import { isError, ReasonCode } from "../../src/mqtt/reason_code.ts";
import { reasonText } from "./reason_text.ts";

const VERSION = 5;
const MAXIMUM_PACKET_SIZE = 8 * 1024 * 1024;
const RECEIVE_MAXIMUM = 100;
/** Requests that wait for their acknowledgements. */
const REQUESTS_MAX = 100;
const PACKET_ID_MAX = 0xffff;

export interface ConnectOptions {
  /** Empty: the broker assigns one. */
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  readonly cleanStart: boolean;
  /** Seconds; 0: none. */
  readonly keepAlive: number;
}

export interface Outgoing {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly properties: PublishProperties;
}

export interface MqttListener {
  /** `clientId`: the one that counts. */
  connected(clientId: string): void;
  /** Its payload may be kept. */
  message(message: Publish): void;
  /** The last call; `why` in words. */
  ended(why: string): void;
}

interface Request {
  resolve(reasonCode: ReasonCode): void;
  reject(error: Error): void;
}

export class MqttClient {
  readonly #socket: WebSocket;
  readonly #listener: MqttListener;
  readonly #options: ConnectOptions;
  readonly #decoder = new PacketDecoder({
    role: "client",
    maximumPacketSize: MAXIMUM_PACKET_SIZE,
    version: VERSION,
  });
  readonly #requests = new Map<number, Request>();
  /** QoS 2 messages that have been told, until their PUBREL. */
  readonly #received = new Set<number>();
  #lastPacketId = 0;
  #keepAlive: ReturnType<typeof setInterval> | undefined;
  #ended = false;

  /** `url`: `ws:` or `wss:`. Connects at once. */
  constructor(url: string, options: ConnectOptions, listener: MqttListener) {
    this.#listener = listener;
    this.#options = options;
    this.#socket = new WebSocket(url, ["mqtt"]);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => this.#send(connectPacket(options));
    this.#socket.onmessage = ({ data }) => this.#receive(new Uint8Array(data));
    this.#socket.onclose = () => this.#end("The connection was closed.");
  }

  /** Resolves with the reason code when the broker has acknowledged; at once at QoS 0. */
  async publish({ topic, payload, qos, retain, properties }: Outgoing): Promise<ReasonCode> {
    const common = { type: PacketType.PUBLISH, dup: false, topic, payload, properties, retain };
    if (qos === 0) {
      this.#send({ ...common, qos, packetId: 0 });
      return ReasonCode.Success;
    }
    return await this.#request((packetId) => ({ ...common, qos, packetId }));
  }

  /** Resolves with the reason code: what is granted, or an error. */
  subscribe(request: SubscribeRequest): Promise<ReasonCode> {
    const [type, properties] = [PacketType.SUBSCRIBE, NO_PROPERTIES];
    return this.#request((packetId) => ({ type, packetId, subscriptions: [request], properties }));
  }

  unsubscribe(topicFilter: string): Promise<ReasonCode> {
    const [type, properties] = [PacketType.UNSUBSCRIBE, NO_PROPERTIES];
    return this.#request((packetId) => ({
      type,
      packetId,
      topicFilters: [topicFilter],
      properties,
    }));
  }

  /** Says good-bye, so that no will is sent. */
  close(): void {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#send({
        type: PacketType.DISCONNECT,
        reasonCode: ReasonCode.Success,
        properties: NO_PROPERTIES,
      });
    }
    this.#end("Disconnected.");
  }

  #request(packet: (packetId: number) => Packet): Promise<ReasonCode> {
    if (this.#ended) return Promise.reject(new Error("There is no connection."));
    if (this.#requests.size >= REQUESTS_MAX) {
      return Promise.reject(new Error("Too many requests wait for their acknowledgement."));
    }
    do {
      this.#lastPacketId = this.#lastPacketId % PACKET_ID_MAX + 1;
    } while (this.#requests.has(this.#lastPacketId));
    const packetId = this.#lastPacketId;
    return new Promise((resolve, reject) => {
      this.#requests.set(packetId, { resolve, reject });
      this.#send(packet(packetId));
    });
  }

  #settle(packetId: number, reasonCode: ReasonCode): void {
    this.#requests.get(packetId)?.resolve(reasonCode);
    this.#requests.delete(packetId);
  }

  #send(packet: Packet): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(toBytes(packet, VERSION) as Uint8Array<ArrayBuffer>);
  }

  #receive(chunk: Uint8Array): void {
    try {
      this.#decoder.push(chunk);
      for (let packet = this.#decoder.next(); packet; packet = this.#decoder.next()) {
        this.#handle(packet);
      }
    } catch (error) {
      this.#end(error instanceof Error ? error.message : String(error));
    }
  }

  #handle(packet: Packet): void {
    switch (packet.type) {
      case PacketType.CONNACK:
        if (isError(packet.reasonCode)) return this.#end(reasonText(packet.reasonCode));
        this.#startKeepAlive(packet.properties.serverKeepAlive ?? this.#options.keepAlive);
        this.#listener.connected(
          packet.properties.assignedClientIdentifier ?? this.#options.clientId,
        );
        break;
      case PacketType.PUBLISH:
        this.#take(packet);
        break;
      case PacketType.PUBACK:
      case PacketType.PUBCOMP:
        this.#settle(packet.packetId, packet.reasonCode);
        break;
      case PacketType.PUBREC:
        if (isError(packet.reasonCode)) this.#settle(packet.packetId, packet.reasonCode);
        else this.#acknowledge(PacketType.PUBREL, packet.packetId);
        break;
      case PacketType.PUBREL:
        this.#received.delete(packet.packetId);
        this.#acknowledge(PacketType.PUBCOMP, packet.packetId);
        break;
      case PacketType.SUBACK:
      case PacketType.UNSUBACK:
        this.#settle(packet.packetId, packet.reasonCodes[0] ?? ReasonCode.UnspecifiedError);
        break;
      case PacketType.DISCONNECT:
        this.#end(`The broker disconnected: ${reasonText(packet.reasonCode)}`);
        break;
    }
  }

  #take(message: Publish): void {
    const { qos, packetId } = message;
    // The decoder's payload is a view of the chunk, which belongs to nobody else here.
    if (qos < 2 || !this.#received.has(packetId)) this.#listener.message(message);
    if (qos === 1) this.#acknowledge(PacketType.PUBACK, packetId);
    if (qos === 2) {
      this.#received.add(packetId);
      this.#acknowledge(PacketType.PUBREC, packetId);
    }
  }

  #acknowledge(type: 4 | 5 | 6 | 7, packetId: number): void {
    const acknowledgement = { type, packetId, reasonCode: ReasonCode.Success };
    this.#send({ ...acknowledgement, properties: NO_PROPERTIES } as Packet);
  }

  #startKeepAlive(seconds: number): void {
    if (seconds === 0) return;
    this.#keepAlive = setInterval(() => this.#send({ type: PacketType.PINGREQ }), seconds * 750);
  }

  #end(why: string): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#keepAlive);
    this.#socket.close();
    for (const request of this.#requests.values()) request.reject(new Error(why));
    this.#requests.clear();
    this.#listener.ended(why);
  }
}

function connectPacket(options: ConnectOptions): Connect {
  const { clientId, username, password, cleanStart, keepAlive } = options;
  return {
    type: PacketType.CONNECT,
    protocolVersion: VERSION,
    bridge: false,
    clientId,
    cleanStart,
    keepAlive,
    will: undefined,
    username: username === "" ? undefined : username,
    password: password === "" ? undefined : new TextEncoder().encode(password),
    properties: { receiveMaximum: RECEIVE_MAXIMUM, maximumPacketSize: MAXIMUM_PACKET_SIZE },
  };
}
