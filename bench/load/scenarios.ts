import type { QoS } from "./packets.ts";

/** What the figure of a scenario is. */
export type Measure = "deliveredPerSecond" | "latency" | "bytesPerConnection" | "retainedSeconds";

/**
 * A load. Topic i is `load/i/v`, `ret/i/v` where messages are retained. Publisher p sends to the topics p, p + publishers, … in turn;
 * subscriber s takes the filters s, s + subscribers, ….
 */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly measure: Measure;
  readonly publishers: number;
  readonly subscribers: number;
  readonly topics: number;
  /** `load/i/v`, `load/i/+` or `+/i/v`. */
  readonly filter: "exact" | "last" | "first";
  /** Every subscriber takes every filter. */
  readonly everyFilter: boolean;
  /** Of a payload, in bytes; at least 16, which a stamp takes. */
  readonly size: number;
  readonly qos: QoS;
  /** Unacknowledged messages of each publisher at QoS 1 and 2. */
  readonly window: number;
  /** Deliveries outstanding in all: the generator waits for the subscribers. */
  readonly outstanding: number;
  /** A publisher goes on until it has written so much, then hands it to the kernel at once. */
  readonly chunkBytes: number;
  /** Messages per second of all publishers; undefined: as many as possible. */
  readonly perSecond: number | undefined;
  /** Connections that do nothing, in place of publishers and subscribers. */
  readonly idle: number;
  /** Sessions of subscribers outlive their connections. */
  readonly persistent: boolean;
  readonly webSocket: boolean;
  /** First level of the topics, for loads that run beside each other. */
  readonly prefix?: string;
}

const CHUNK_BYTES = 16_384;
/** The smallest chunk: each message is handed over by itself, and travels in its own segment. */
const ONE_MESSAGE = 1;

const DEFAULTS = {
  measure: "deliveredPerSecond",
  publishers: 1,
  subscribers: 1,
  filter: "exact",
  everyFilter: false,
  size: 64,
  qos: 0,
  window: 20,
  chunkBytes: CHUNK_BYTES,
  perSecond: undefined,
  idle: 0,
  persistent: false,
  webSocket: false,
} as const;

function scenario(name: string, title: string, given: Partial<Scenario> = {}): Scenario {
  const load = { ...DEFAULTS, ...given };
  return {
    topics: load.everyFilter ? 1 : Math.max(load.publishers, load.subscribers),
    outstanding: load.qos === 0 ? 10_000 : 2_000,
    ...load,
    name,
    title,
  };
}

const FIFTY_PAIRS = { publishers: 50, subscribers: 50 } as const;
const THOUSAND_TO_ONE = { publishers: 1_000, subscribers: 1, topics: 1 } as const;
const WILDCARDS = { publishers: 1, subscribers: 100, topics: 10_000 } as const;

export const SCENARIOS: readonly Scenario[] = [
  scenario("a", "QoS 0, 1 → 1"),
  scenario("b", "QoS 0, fan-out 1 → 100", {
    subscribers: 100,
    everyFilter: true,
    outstanding: 20_000,
  }),
  scenario("c", "QoS 0, 50 pairs", FIFTY_PAIRS),
  scenario("c1", "QoS 0, 50 pairs, one message per segment", {
    ...FIFTY_PAIRS,
    chunkBytes: ONE_MESSAGE,
    outstanding: 50,
  }),
  scenario("d1", "QoS 1, 1 → 1, window 100", { qos: 1, window: 100 }),
  scenario("d2", "QoS 1, 50 pairs, window 20", { ...FIFTY_PAIRS, qos: 1 }),
  scenario("d2p", "QoS 1, 50 pairs, window 20, persistent subscribers", {
    ...FIFTY_PAIRS,
    qos: 1,
    persistent: true,
  }),
  scenario("e1", "QoS 2, 1 → 1, window 100", { qos: 2, window: 100 }),
  scenario("e2", "QoS 2, 50 pairs, window 20", { ...FIFTY_PAIRS, qos: 2 }),
  scenario("f", "QoS 0, 1,000 → 1, 20,000 a second", {
    ...THOUSAND_TO_ONE,
    measure: "latency",
    perSecond: 20_000,
    chunkBytes: ONE_MESSAGE,
  }),
  scenario("f2", "QoS 0, 1,000 → 1, one message per segment", {
    ...THOUSAND_TO_ONE,
    chunkBytes: ONE_MESSAGE,
    outstanding: 1_000,
  }),
  scenario("g", "10,000 idle connections", { measure: "bytesPerConnection", idle: 10_000 }),
  scenario("h", "QoS 0, 10,000 filters load/N/+", { ...WILDCARDS, filter: "last" }),
  scenario("h2", "QoS 0, 10,000 filters +/N/v", { ...WILDCARDS, filter: "first" }),
  scenario("i", "100,000 retained, until all are delivered", {
    measure: "retainedSeconds",
    topics: 100_000,
    qos: 1,
    window: 100,
  }),
  scenario("j1", "QoS 0, 1 → 1, 1 KiB", { size: 1_024, outstanding: 5_000 }),
  scenario("j16", "QoS 0, 1 → 1, 16 KiB", { size: 16_384, outstanding: 500 }),
  scenario("p1", "QoS 0, 1 → 1, one outstanding", { chunkBytes: ONE_MESSAGE, outstanding: 1 }),
  scenario("a-ws", "QoS 0, 1 → 1, over WebSocket", { webSocket: true }),
];

/** The scenario of that name. Throws when there is none. */
export function scenarioOf(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const known = SCENARIOS.map((scenario) => scenario.name).join(", ");
  throw new Error(`No scenario is called "${name}": there are ${known}`);
}

/** Whether it leaves something behind, or has to find the broker as it starts. */
export function needsFreshBroker({ measure, persistent }: Scenario): boolean {
  return persistent || measure === "bytesPerConnection" || measure === "retainedSeconds";
}

export function topicName(scenario: Scenario, topic: number): string {
  return `${firstLevel(scenario)}/${topic}/v`;
}

/** What is retained stays behind, where no other scenario receives it. */
function firstLevel({ measure, prefix }: Scenario): string {
  if (prefix !== undefined) return prefix;
  return measure === "retainedSeconds" ? "ret" : "load";
}

export function topicFilter(scenario: Scenario, topic: number): string {
  switch (scenario.filter) {
    case "exact":
      return topicName(scenario, topic);
    case "last":
      return `${firstLevel(scenario)}/${topic}/+`;
    case "first":
      return `+/${topic}/v`;
  }
}

/** A filter for all topics. */
export function wholeFilter(scenario: Scenario): string {
  return `${firstLevel(scenario)}/+/v`;
}

/** The topics whose filters a subscriber takes. */
export function topicsOfSubscriber(scenario: Scenario, subscriber: number): number[] {
  const { everyFilter, subscribers, topics } = scenario;
  const all = Array.from({ length: topics }, (_, topic) => topic);
  if (everyFilter) return all;
  if (topics < subscribers) return [subscriber % topics];
  return all.filter((topic) => topic % subscribers === subscriber);
}

/** The topics that a publisher sends to in turn. */
export function topicsOfPublisher({ publishers, topics }: Scenario, publisher: number): number[] {
  if (topics < publishers) return [publisher % topics];
  const count = Math.ceil((topics - publisher) / publishers);
  return Array.from({ length: count }, (_, i) => publisher + i * publishers);
}

/** How many subscribers receive what is sent to a topic. */
export function fanOut(scenario: Scenario, topic: number): number {
  const { everyFilter, subscribers, topics } = scenario;
  if (everyFilter) return subscribers;
  return topics >= subscribers ? 1 : Math.ceil((subscribers - topic) / topics);
}
