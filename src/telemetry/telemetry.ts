/** What watches the broker and remembers, assembled: each part has a fixed budget of memory. */
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Inspector } from "../broker/inspector/inspector.ts";
import { type BrokerObserver, DROP_REASONS } from "../events/observer.ts";
import type { AdminStore } from "../storage/store.ts";
import { Alarms } from "./alarms.ts";
import { type ClientEvent, observeClients } from "./client_events.ts";
import { DropStatistics } from "./drop_statistics.ts";
import { EventHub } from "./event_hub.ts";
import { MetricsHistory, type Series } from "./metrics_history.ts";
import { SessionTimeline } from "./session_timeline.ts";
import { TopicStatistics } from "./topic_statistics.ts";

export interface TelemetryOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** False: no publish is counted by topic. */
  readonly topicStatistics: boolean;
}

export class Telemetry implements AsyncDisposable {
  readonly drops = new DropStatistics();
  readonly timeline: SessionTimeline;
  /**
   * Client events by their type, with the client id and the detail as data; `metrics`, the samples
   * of the history as they are made; `alarm`, what {@linkcode Alarms} has to say.
   */
  readonly events: EventHub;
  /** Undefined: turned off. */
  readonly topics: TopicStatistics | undefined;
  /** To be told by the broker; has no more methods than somebody listens to. */
  readonly observer: BrokerObserver;
  readonly #clock: Clock;
  readonly #log: Logger;
  #history: MetricsHistory | undefined;
  #alarms: Alarms | undefined;

  constructor({ clock, log, topicStatistics }: TelemetryOptions) {
    this.#clock = clock;
    this.#log = log;
    this.timeline = new SessionTimeline(clock);
    this.events = new EventHub(clock);
    this.topics = topicStatistics ? new TopicStatistics({ clock }) : undefined;
    this.observer = this.#observer();
  }

  /** Undefined until it is started. */
  get history(): MetricsHistory | undefined {
    return this.#history;
  }

  /** Undefined until it is started. */
  get alarms(): Alarms | undefined {
    return this.#alarms;
  }

  /**
   * Figures and alarms from now on; resolves when the history of earlier runs is there.
   * `storageDamage`: in plain words, empty for none.
   */
  async start(
    inspector: Inspector,
    store: AdminStore,
    storageDamage: readonly string[],
  ): Promise<void> {
    const { events } = this;
    const alarms = new Alarms({
      readiness: () => inspector.readiness(),
      storageDamage,
      publish: (type, data) => events.publish(type, data),
    });
    this.#alarms = alarms;
    const history = new MetricsHistory({
      clock: this.#clock,
      log: this.#log,
      store,
      series: seriesOf(inspector),
      onSample: (values) => {
        events.publish("metrics", values);
        alarms.look();
      },
    });
    await history.start();
    this.#history = history;
    this.topics?.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.topics?.[Symbol.dispose]();
    await this.#history?.[Symbol.asyncDispose]();
  }

  #observer(): BrokerObserver {
    const { drops, timeline, events, topics } = this;
    const tell = (event: ClientEvent) => {
      timeline.add(event);
      events.publish(event.type, { clientId: event.clientId, ...event.detail });
    };
    const observer: BrokerObserver = {
      ...observeClients(this.#clock, tell),
      messageDropped: (clientId, message, reason) => {
        drops.messageDropped(clientId, message, reason);
        timeline.messageDropped(clientId, message, reason);
      },
    };
    if (topics !== undefined) {
      observer.messagesPublished = (run) => topics.messagesPublished(run);
    }
    return observer;
  }
}

/** None of them walks anything. */
function seriesOf(inspector: Inspector): Series[] {
  const { statistics } = inspector;
  const gauge = (name: string, read: () => number): Series => ({ name, kind: "gauge", read });
  const counter = (name: string, read: () => number): Series => ({ name, kind: "counter", read });
  return [
    gauge("clients_connected", () => statistics.clientsConnected),
    gauge("sessions", () => inspector.counts().sessions),
    gauge("subscriptions", () => inspector.counts().subscriptions),
    gauge("retained_messages", () => inspector.counts().retainedMessages),
    counter("connections_accepted", () => statistics.connectionsAccepted),
    counter("publish_received", () => statistics.publishReceived),
    counter("publish_sent", () => statistics.publishSent),
    counter("packets_received", () => statistics.packetsReceived),
    counter("packets_sent", () => statistics.packetsSent),
    counter("bytes_received", () => statistics.bytesReceived),
    counter("bytes_sent", () => statistics.bytesSent),
    counter("messages_dropped", () => {
      const { dropped } = inspector;
      return DROP_REASONS.reduce((sum, reason) => sum + dropped[reason], 0);
    }),
    counter("auth_errors", () => statistics.authErrors),
    counter("protocol_errors", () => statistics.protocolErrors + statistics.packetErrors),
  ];
}
