/**
 * The `$SYS` topics (requirement row P18): figures of this broker as retained messages, published
 * at an interval and only when they have changed.
 */
import type { Clock, Timer } from "../base/clock.ts";
import type { Broker } from "../broker/broker.ts";
import { Message } from "../mqtt/message.ts";

export interface SysTopicsOptions {
  readonly clock: Clock;
  /** Milliseconds between publications; 0 publishes nothing. */
  readonly intervalMs: number;
  readonly version: string;
}

const PREFIX = "$SYS/broker/";

export class SysTopics implements Disposable {
  readonly #broker: Broker;
  readonly #options: SysTopicsOptions;
  readonly #startedAt: number;
  readonly #published = new Map<string, string>();
  readonly #encoder = new TextEncoder();
  #timer: Timer | undefined;

  constructor(broker: Broker, options: SysTopicsOptions) {
    this.#broker = broker;
    this.#options = options;
    this.#startedAt = options.clock.now();
  }

  /** Publishes now and from then on at the interval. */
  start(): void {
    if (this.#options.intervalMs === 0) return;
    this.#publish();
    this.#timer = this.#options.clock.after(this.#options.intervalMs, () => this.start());
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
  }

  #publish(): void {
    for (const [name, value] of Object.entries(this.#figures())) {
      const text = String(value);
      if (this.#published.get(name) === text) continue;
      this.#published.set(name, text);
      this.#broker.publish(
        new Message({
          topic: PREFIX + name,
          payload: this.#encoder.encode(text),
          qos: 0,
          retain: true,
          receivedAt: this.#options.clock.now(),
        }),
      );
    }
  }

  #figures(): Record<string, string | number> {
    const { inspector } = this.#broker;
    const { statistics } = inspector;
    const counts = inspector.counts();
    const seconds = Math.floor((this.#options.clock.now() - this.#startedAt) / 1000);
    return {
      "version": `TideMQ ${this.#options.version}`,
      "uptime": `${seconds} seconds`,
      "clients/connected": statistics.clientsConnected,
      "clients/maximum": statistics.clientsConnectedMax,
      "clients/disconnected": counts.sessions - statistics.clientsConnected,
      "clients/total": counts.sessions,
      "messages/received": statistics.packetsReceived,
      "messages/sent": statistics.packetsSent,
      "messages/publish/received": statistics.publishReceived,
      "messages/publish/sent": statistics.publishSent,
      "bytes/received": statistics.bytesReceived,
      "bytes/sent": statistics.bytesSent,
      "subscriptions/count": counts.subscriptions,
      "retained/count": counts.retainedMessages,
      "errors/protocol": statistics.protocolErrors,
      "errors/auth": statistics.authErrors,
      "errors/authz": statistics.authorizationErrors,
      "errors/packet": statistics.packetErrors,
    };
  }
}
