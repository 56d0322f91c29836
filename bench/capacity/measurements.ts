import type { ClientLoop } from "../load/client_loop.ts";
import { publishAll } from "../support/bulk_publisher.ts";
import { connectCrowd, makeSleepers, pollUntil } from "../support/crowd.ts";
import type { ScriptedClient } from "../support/scripted_client.ts";

const SECONDS_MAX = 180;
/** Of a payload, in bytes. */
const SIZE = 64;
const FILTERS_PER_PACKET = 500;
const SUBSCRIBERS = 1_000;
const FILTERS_EACH = 1_000;

/** Something that a broker can have many of. */
export interface Measurement {
  readonly name: string;
  /** What one of them is. */
  readonly title: string;
  readonly count: number;
  /** Whether it is in the database as well. */
  readonly stored: boolean;
  /** What has to be there before, and is not counted. */
  prepare?(loop: ClientLoop): ScriptedClient[];
  /** Makes all of them. */
  fill(loop: ClientLoop, prepared: readonly ScriptedClient[]): void;
}

export const MEASUREMENTS: readonly Measurement[] = [
  {
    name: "connection",
    title: "idle connection, with its session",
    count: 10_000,
    stored: false,
    fill(loop) {
      connectCrowd(loop, this.count, (index) => ({ clientId: `idle-${index}` }));
    },
  },
  {
    name: "session",
    title: "persistent session without a connection",
    count: 100_000,
    stored: true,
    fill(loop) {
      makeSleepers(loop, this.count, () => []);
    },
  },
  {
    name: "subscription",
    title: "subscription, each with a filter of its own",
    count: SUBSCRIBERS * FILTERS_EACH,
    stored: false,
    prepare: connectSubscribers,
    fill: (loop, clients) =>
      subscribeAll(loop, clients, (client, i) => `site/${client}/device/${i}/state`),
  },
  {
    name: "common",
    title: "subscription, with 1,000 filters among all",
    count: SUBSCRIBERS * FILTERS_EACH,
    stored: false,
    prepare: connectSubscribers,
    fill: (loop, clients) => subscribeAll(loop, clients, (_, i) => `site/device/${i}/state`),
  },
  {
    name: "queued",
    title: "message for one sleeping session, 100 for each",
    count: 100_000,
    stored: true,
    prepare: (loop) => makeSleepers(loop, 1_000, (index) => [`q/${index}`]),
    fill: (loop) => queue(loop, 100_000, 1_000),
  },
  {
    name: "queued-long",
    title: "message for one sleeping session, 1,000 for each",
    count: 200_000,
    stored: true,
    prepare: (loop) => makeSleepers(loop, 200, (index) => [`q/${index}`]),
    fill: (loop) => queue(loop, 200_000, 200),
  },
  {
    name: "queued-memory",
    title: "message for a connected client that does not acknowledge, clean session, 400 for each",
    count: 100_000,
    stored: false,
    prepare: (loop) =>
      connectCrowd(loop, 250, (index) => ({
        clientId: `deaf-${index}`,
        filters: [[`q/${index}`]],
        qos: 1,
        acknowledges: false,
      })),
    fill: (loop) => queue(loop, 100_000, 250),
  },
  {
    name: "retained",
    title: "retained message",
    count: 100_000,
    stored: true,
    fill(loop) {
      const topicOf = (index: number) => `site/${index % 1_000}/device/${index}/state`;
      publishAll(loop, { count: this.count, topicOf, retain: true, size: SIZE });
    },
  },
];

function connectSubscribers(loop: ClientLoop): ScriptedClient[] {
  return connectCrowd(loop, SUBSCRIBERS, (index) => ({ clientId: `subscriber-${index}` }));
}

function subscribeAll(
  loop: ClientLoop,
  clients: readonly ScriptedClient[],
  filterOf: (client: number, index: number) => string,
): void {
  for (const [index, client] of clients.entries()) {
    const filters = Array.from({ length: FILTERS_EACH }, (_, i) => filterOf(index, i));
    for (let from = 0; from < FILTERS_EACH; from += FILTERS_PER_PACKET) {
      client.subscribe(filters.slice(from, from + FILTERS_PER_PACKET));
    }
    pollUntil(loop, () => !client.subscribing, SECONDS_MAX);
  }
}

/** One message after the other to each of the sessions in turn. */
function queue(loop: ClientLoop, count: number, sessions: number): void {
  publishAll(loop, { count, topicOf: (i) => `q/${i % sessions}`, retain: false, size: SIZE });
}
