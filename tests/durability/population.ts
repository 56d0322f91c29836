/** Who takes part in a run: publishers, subscribers of each kind, clients with wills. */
import type { Random } from "../../src/base/random.ts";
import type { Publish } from "../../src/mqtt/packets/publish.ts";
import { Arrivals } from "./arrivals.ts";
import { ChangingSubscriptions } from "./changing_subscriptions.ts";
import type { Findings } from "./findings.ts";
import { decode, labelOf, MessageStream, Ticks } from "./message_stream.ts";
import { SessionClient } from "./session_client.ts";
import { WILL_FILTER, WillClient } from "./will_client.ts";

const PUBLISHERS = 6;
const CHANGING_TOPICS = 3;
/** Seconds. */
const LONG_WILL_DELAY = 3600;

/** To those who are always subscribed. */
export const KEPT_FILTER = "kept/#";
export const RETAINED_FILTER = "retained/#";
/** What is published here comes behind everything that waited for a subscriber. */
export const MARKER_TOPIC = "marker";

export interface PublishingClient {
  readonly client: SessionClient;
  readonly kept: readonly MessageStream[];
  readonly changing: MessageStream;
  readonly retained: MessageStream;
}

/** One that is always subscribed to everything. */
export interface KeptSubscriber {
  readonly client: SessionClient;
  readonly topicFilters: readonly string[];
  readonly arrivals: Arrivals;
  /** The last marker that has come. */
  marker: number;
}

export interface ChangingSubscriber {
  readonly client: SessionClient;
  readonly topicFilters: readonly string[];
  readonly subscriptions: ChangingSubscriptions;
  marker: number;
}

export class Population {
  readonly ticks = new Ticks();
  readonly publishers: readonly PublishingClient[];
  readonly marking: SessionClient;
  /** Connected whenever the broker is there. */
  readonly online: readonly KeptSubscriber[];
  /** Away most of the time. */
  readonly offline: readonly KeptSubscriber[];
  readonly changing: readonly ChangingSubscriber[];
  readonly wills: readonly WillClient[];
  readonly #streams = new Map<string, MessageStream>();
  readonly #findings: Findings;
  readonly #random: Random;

  constructor(findings: Findings, random: Random) {
    this.#findings = findings;
    this.#random = random;
    this.publishers = Array.from({ length: PUBLISHERS }, (_, index) => this.#publisher(index));
    this.marking = this.#client("marking", 5);
    this.online = [
      this.#keptSubscriber("online4", 4, [KEPT_FILTER, MARKER_TOPIC, WILL_FILTER]),
      this.#keptSubscriber("online5", 5, [KEPT_FILTER, MARKER_TOPIC, WILL_FILTER]),
    ];
    this.offline = [
      this.#keptSubscriber("offline4", 4, [KEPT_FILTER, MARKER_TOPIC]),
      this.#keptSubscriber("offline5", 5, [KEPT_FILTER, MARKER_TOPIC]),
    ];
    this.changing = [
      this.#changingSubscriber("changing4", 4),
      this.#changingSubscriber("changing5", 5),
    ];
    this.wills = [
      this.#willClient("will4", 4, 1),
      this.#willClient("will5", 5, 2),
      this.#willClient("delayed5", 5, 2, LONG_WILL_DELAY),
    ];
  }

  get keptStreams(): MessageStream[] {
    return this.publishers.flatMap(({ kept }) => kept);
  }

  get watchers(): string[] {
    return this.online.map(({ client }) => client.clientId);
  }

  /** All but the clients with wills, which connect in their own way. */
  get clients(): SessionClient[] {
    return [
      ...this.publishers.map(({ client }) => client),
      this.marking,
      ...[...this.online, ...this.offline, ...this.changing].map(({ client }) => client),
    ];
  }

  /** The streams that match a filter of the changing subscribers. */
  changingStreams(topicFilter: string): MessageStream[] {
    const start = topicFilter.slice(0, -1);
    return this.publishers.map(({ changing }) => changing)
      .filter(({ topic }) => topic.startsWith(start));
  }

  #publisher(index: number): PublishingClient {
    const mixed = 1 + index % 2 as 1 | 2;
    return {
      client: this.#client(`publisher${index}`, index % 2 === 0 ? 4 : 5),
      kept: [
        this.#stream(`p${index}.kept1`, `kept/${index}/1`, 1),
        this.#stream(`p${index}.kept2`, `kept/${index}/2`, 2),
      ],
      changing: this.#stream(
        `p${index}.changing`,
        `changing/${index % CHANGING_TOPICS}/${index}`,
        mixed,
      ),
      // One QoS for each topic: a QoS 2 message that is sent again is not retained again.
      retained: this.#stream(`p${index}.retained`, `retained/${index}`, mixed),
    };
  }

  #keptSubscriber(
    clientId: string,
    version: 4 | 5,
    topicFilters: readonly string[],
  ): KeptSubscriber {
    const arrivals = new Arrivals(clientId, this.#findings);
    const subscriber: KeptSubscriber = {
      topicFilters,
      arrivals,
      marker: 0,
      client: this.#client(clientId, version, (message) => {
        if (message.topic === MARKER_TOPIC) subscriber.marker = markerOf(message);
        else if (message.topic.startsWith("will/")) this.#willArrived(clientId, message);
        else this.#arrive(message, arrivals);
      }),
    };
    return subscriber;
  }

  #changingSubscriber(clientId: string, version: 4 | 5): ChangingSubscriber {
    const filters = Array.from({ length: CHANGING_TOPICS }, (_, index) => `changing/${index}/#`);
    const subscriptions = new ChangingSubscriptions(clientId, filters, this.#findings);
    const subscriber: ChangingSubscriber = {
      topicFilters: [MARKER_TOPIC],
      subscriptions,
      marker: 0,
      client: this.#client(clientId, version, (message) => {
        if (message.topic === MARKER_TOPIC) subscriber.marker = markerOf(message);
        else this.#arrive(message, subscriptions);
      }),
    };
    return subscriber;
  }

  #arrive(
    { payload }: Publish,
    to: { arrive(stream: MessageStream, seq: number): void },
  ): void {
    const { name, seq } = labelOf(payload);
    const stream = this.#streams.get(name);
    if (stream !== undefined && seq >= 1 && seq <= stream.sent) return to.arrive(stream, seq);
    this.#findings.add("unexpected", `nobody has sent ${name} ${seq}`);
  }

  #willArrived(watcher: string, { payload }: Publish): void {
    const text = decode(payload);
    const clientId = text.split(" ")[0];
    const client = this.wills.find((each) => each.client.clientId === clientId);
    if (client !== undefined) client.arrived(watcher, text);
    else this.#findings.add("will", `nobody has set ${text}`);
  }

  #willClient(clientId: string, version: 4 | 5, qos: 1 | 2, delay?: number): WillClient {
    return new WillClient({
      clientId,
      version,
      qos,
      ...(delay !== undefined && { delay }),
      findings: this.#findings,
      ticks: this.ticks,
      complain: (what) => this.#findings.add("protocol", what),
    });
  }

  #client(
    clientId: string,
    version: 4 | 5,
    receive?: (message: Publish) => void,
  ): SessionClient {
    return new SessionClient({
      clientId,
      version,
      ...(receive !== undefined && { receive }),
      dawdles: this.#random,
      complain: (what) => this.#findings.add("protocol", what),
    });
  }

  #stream(name: string, topic: string, qos: 1 | 2): MessageStream {
    const stream = new MessageStream(name, topic, qos);
    this.#streams.set(name, stream);
    return stream;
  }
}

function markerOf({ payload }: Publish): number {
  return Number(decode(payload));
}
