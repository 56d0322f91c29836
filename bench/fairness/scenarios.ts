/**
 * What one client, or many at once, may do that takes the broker long. Each scenario prepares
 * itself, then returns the work during which others are timed.
 */
import type { ClientLoop } from "../load/client_loop.ts";
import { publishTemplate, type QoS } from "../load/packets.ts";
import { publishAll } from "../support/bulk_publisher.ts";
import { connectCrowd, pollFor, pollUntil } from "../support/crowd.ts";
import { ScriptedClient } from "../support/scripted_client.ts";

const SECONDS_MAX = 120;
const SIZE = 64;

export interface FairnessScenario {
  readonly name: string;
  readonly title: string;
  /** Of the broker's configuration. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Returns the heavy work, to be done once. */
  prepare(loop: ClientLoop): () => void;
}

export const SCENARIOS: readonly FairnessScenario[] = [
  {
    name: "subscribe",
    title: "SUBSCRIBE with 5,000 filters, 10 times",
    prepare: (loop) => subscribeOften(loop, true),
  },
  {
    name: "subscribe-p",
    title: "the same by a persistent session",
    prepare: (loop) => subscribeOften(loop, false),
  },
  {
    name: "retained",
    title: "subscription that matches 100,000 retained messages",
    prepare: (loop) => subscribeToRetained(loop, 100_000, "ret/#", 100_000),
  },
  {
    name: "retained-none",
    title: "subscription that matches none of 1,000,000 retained messages",
    settings: { "broker.max_retained_messages": "2000000" },
    prepare: (loop) => subscribeToRetained(loop, 1_000_000, "+/+/x", 0),
  },
  {
    name: "fan-out-0",
    title: "QoS 0 to 10,000 subscribers, 10 messages in one read",
    prepare: (loop) => fanOut(loop, { subscribers: 10_000, qos: 0, messages: 10 }),
  },
  {
    name: "fan-out-1",
    title: "QoS 1 to 10,000 subscribers, 10 messages in one read",
    prepare: (loop) => fanOut(loop, { subscribers: 10_000, qos: 1, messages: 10 }),
  },
  {
    name: "flood",
    title: "QoS 0 as fast as it goes, one publisher to 100 subscribers, 3 s",
    prepare: flood,
  },
  {
    name: "takeover",
    title: "takeover of a session with 10,000 queued messages",
    settings: { "session.max_offline_queue_size": "20000" },
    prepare: takeOver,
  },
  {
    name: "wills",
    title: "10,000 clients with wills vanish at once",
    prepare: vanishTogether,
  },
];

/** The scenario of that name. Throws when there is none. */
export function scenarioOf(name: string): FairnessScenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const known = SCENARIOS.map((scenario) => scenario.name).join(", ");
  throw new Error(`No scenario is called "${name}": there are ${known}`);
}

function subscribeOften(loop: ClientLoop, cleanSession: boolean): () => void {
  const subscriber = new ScriptedClient({ clientId: "many-filters", cleanSession }, loop);
  loop.connect([subscriber]);
  const packets = Array.from(
    { length: 10 },
    (_, round) => Array.from({ length: 5_000 }, (_, i) => `site/${round % 2}/device/${i}/+`),
  );
  return () => {
    for (const filters of packets) {
      subscriber.subscribe(filters);
      pollUntil(loop, () => !subscriber.subscribing, SECONDS_MAX);
    }
  };
}

function subscribeToRetained(
  loop: ClientLoop,
  count: number,
  filter: string,
  expected: number,
): () => void {
  publishAll(loop, {
    count,
    topicOf: (index) => `ret/${index % 1000}/${index}`,
    retain: true,
    size: SIZE,
  });
  const subscriber = new ScriptedClient({ clientId: "new" }, loop);
  loop.connect([subscriber]);
  return () => {
    subscriber.subscribe([filter]);
    pollUntil(loop, () => !subscriber.subscribing && subscriber.received >= expected, SECONDS_MAX);
    pollFor(loop, 2);
  };
}

interface FanOut {
  readonly subscribers: number;
  readonly qos: QoS;
  readonly messages: number;
}

function fanOut(loop: ClientLoop, { subscribers, qos, messages }: FanOut): () => void {
  const crowd = connectCrowd(
    loop,
    subscribers,
    (index) => ({ clientId: `s${index}`, filters: [["all/v"]], qos }),
  );
  const publisher = new ScriptedClient({ clientId: "publisher" }, loop);
  loop.connect([publisher]);
  const burst = burstOf("all/v", qos, messages);
  return () => {
    publisher.send(burst);
    pollUntil(loop, () => crowd.every(({ received }) => received >= messages), SECONDS_MAX);
  };
}

/** Messages as they follow each other on the wire. */
function burstOf(topic: string, qos: QoS, messages: number): Uint8Array {
  const { bytes, packetIdOffset } = publishTemplate(topic, { qos, retain: false, size: SIZE });
  const burst = new Uint8Array(messages * bytes.length);
  for (let index = 0; index < messages; index++) {
    if (packetIdOffset !== undefined) bytes[packetIdOffset + 1] = index + 1;
    burst.set(bytes, index * bytes.length);
  }
  return burst;
}

function flood(loop: ClientLoop): () => void {
  connectCrowd(loop, 100, (index) => ({ clientId: `s${index}`, filters: [["all/v"]] }));
  const publisher = new ScriptedClient({ clientId: "publisher" }, loop);
  loop.connect([publisher]);
  const burst = burstOf("all/v", 0, 200);
  return () => {
    for (const end = performance.now() + 3_000; performance.now() < end;) {
      if (!publisher.busy) publisher.send(burst);
      loop.poll(publisher.busy ? 0.01 : 0);
    }
    pollUntil(loop, () => !publisher.busy, SECONDS_MAX);
  };
}

function takeOver(loop: ClientLoop): () => void {
  const count = 10_000;
  const script = { clientId: "sleeper", cleanSession: false, qos: 1 } as const;
  const first = new ScriptedClient({ ...script, filters: [["q/#"]], acknowledges: false }, loop);
  loop.connect([first]);
  first.vanish();
  pollFor(loop, 0.2);
  publishAll(loop, { count, topicOf: (index) => `q/${index}`, retain: false, size: SIZE });
  const asleep = new ScriptedClient({ ...script, acknowledges: false }, loop);
  loop.connect([asleep]);
  asleep.expectEnd();
  return () => {
    const next = new ScriptedClient(script, loop);
    loop.connect([next]);
    pollUntil(loop, () => next.received >= count, SECONDS_MAX);
  };
}

function vanishTogether(loop: ClientLoop): () => void {
  const count = 10_000;
  const crowd = connectCrowd(loop, count, (index) => ({
    clientId: `w${index}`,
    will: { topic: `gone/${index}`, payload: "gone", qos: 1 },
  }));
  const watcher = new ScriptedClient({ clientId: "watcher", filters: [["gone/+"]], qos: 1 }, loop);
  loop.connect([watcher]);
  return () => {
    for (const client of crowd) client.vanish();
    pollUntil(loop, () => watcher.received >= count, SECONDS_MAX);
  };
}
