import mqtt from "mqtt";
import type { IClientOptions, IPublishPacket, MqttClient, Packet } from "mqtt";
import { RingQueue } from "../../src/base/ring_queue.ts";
import { withinLimit } from "./until.ts";

export interface Message {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
  readonly properties: IPublishPacket["properties"];
}

export interface JsClientOptions extends IClientOptions {
  protocolVersion: 3 | 4 | 5;
}

/**
 * A client of npm `mqtt` in this process, with its messages in a queue. It connects once: what it
 * does by itself after a lost connection is asked for with `reconnect`.
 */
export class JsClient implements AsyncDisposable {
  readonly client: MqttClient;
  readonly #messages = new RingQueue<Message>();
  readonly #packets: Packet[] = [];
  #waiting: (() => void) | undefined;

  private constructor(client: MqttClient) {
    this.client = client;
    client.on("message", (topic, payload, { qos, retain, properties }) => {
      this.#messages.push({ topic, payload: payload.toString(), qos, retain, properties });
      this.#waiting?.();
    });
    client.on("packetreceive", (packet) => this.#packets.push(packet));
    // What goes wrong shows in the promises of the test.
    client.on("error", () => {});
  }

  /** Resolves when the broker has accepted the client. */
  static async connect(url: string, options: JsClientOptions): Promise<JsClient> {
    const client = new JsClient(mqtt.connect(url, {
      protocolId: options.protocolVersion === 3 ? "MQIsdp" : "MQTT",
      reconnectPeriod: 0,
      clean: true,
      ...options,
    }));
    await client.event("connect");
    return client;
  }

  /** Every packet that was received, before the client looked at it. */
  get packets(): readonly Packet[] {
    return this.#packets;
  }

  /** The first argument of the next event of that name. */
  event(name: "connect" | "close" | "disconnect"): Promise<unknown> {
    const event = new Promise((resolve, reject) => {
      this.client.once(name, resolve);
      if (name === "connect") this.client.once("error", reject);
    });
    return withinLimit(event, `the event ${name}`);
  }

  async next(): Promise<Message> {
    if (this.#messages.size === 0) {
      const arrival = new Promise<void>((resolve) => this.#waiting = resolve);
      await withinLimit(arrival, "a message");
    }
    return this.#messages.shift()!;
  }

  /** Breaks the connection off without DISCONNECT, as a network that fails. */
  async cut(): Promise<void> {
    const closed = this.event("close");
    this.client.stream.destroy();
    await closed;
  }

  /** The client connects again, by itself; resolves to the CONNACK. */
  async reconnect(): Promise<{ sessionPresent: boolean }> {
    const connected = this.event("connect");
    this.client.reconnect();
    return await connected as { sessionPresent: boolean };
  }

  async end(): Promise<void> {
    await this.client.endAsync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.endAsync(true);
  }
}
