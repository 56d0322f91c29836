/**
 * One life of the broker in which messages are queued for clients that are away, and what these
 * find in a later one.
 */
import { SeededRandom } from "../../src/base/random.ts";
import type { ConfigInput } from "../../src/config/schema.ts";
import { until } from "../support/until.ts";
import { BrokerLife } from "./broker_life.ts";
import { Findings } from "./findings.ts";
import { Load } from "./load.ts";
import { decode, encode, labelOf, type MessageStream } from "./message_stream.ts";
import { MARKER_TOPIC, Population } from "./population.ts";
import { SessionClient } from "./session_client.ts";

export interface QueueRunOptions {
  readonly folder: string;
  /** Where the data is. */
  readonly directory: string;
  readonly storage?: ConfigInput["storage"];
  readonly env?: Readonly<Record<string, string>>;
  /** Called before the life that is killed. */
  readonly beforeLoad?: () => Promise<void>;
  /** How long messages are published, in milliseconds. */
  readonly ms: number;
  readonly seed: number;
}

/** What was acknowledged, by name of the stream: when each message was, from message 1 on. */
export type Acknowledged = ReadonlyMap<string, readonly number[]>;

export interface QueueRun {
  readonly acknowledged: Acknowledged;
  /** When the broker was killed; like all times here in milliseconds, of `performance.now()`. */
  readonly killedAt: number;
}

/** A queue may be empty, but here is a session for it. */
const QUEUE_OWNERS = [["offline4", 4], ["offline5", 5]] as const;

/**
 * Makes the sessions and stops the broker; then starts it again, publishes, and kills it. `watch`
 * is called every few milliseconds meanwhile.
 */
export async function fillQueues(
  options: QueueRunOptions,
  watch: (acknowledged: Acknowledged) => Promise<void> = () => Promise.resolve(),
): Promise<QueueRun> {
  const findings = new Findings();
  const random = new SeededRandom(options.seed);
  const population = new Population(findings, random);
  await makeSessions(options, population);
  await options.beforeLoad?.();
  await using life = await startLife(options);
  const port = await life.ready();
  for (const { client } of population.publishers) await client.connect(port);
  const { publishers, ticks, keptStreams } = population;
  const load = new Load({ publishers, ticks, changing: [], offline: [], wills: [] }, random);
  const acknowledged = new Map<string, number[]>(keptStreams.map(({ name }) => [name, [0]]));
  load.onAcknowledged = ({ name }: MessageStream, seq) => {
    const times = acknowledged.get(name);
    if (times !== undefined) times[seq] = performance.now();
  };
  const loading = load.run({ port, over: () => life.dead, large: 0 });
  const ends = performance.now() + options.ms;
  while (performance.now() < ends) await watch(acknowledged);
  const killedAt = performance.now();
  await life.kill();
  await loading;
  for (const { client } of publishers) await client.offline;
  if (!findings.none) throw new Error(`${findings}`);
  return { acknowledged, killedAt };
}

export function startLife(
  { folder, directory, storage, env = {} }: QueueRunOptions,
): Promise<BrokerLife> {
  const leveldb = { dir: directory };
  return BrokerLife.start({ folder, storage: { type: "leveldb", ...storage, leveldb }, env });
}

async function makeSessions(options: QueueRunOptions, { offline }: Population): Promise<void> {
  await using life = await startLife(options);
  const port = await life.ready();
  for (const { client, topicFilters } of offline) {
    await client.connect(port);
    await client.subscribe(topicFilters, 2);
    await client.disconnect();
  }
  await life.stop();
}

/** What the owner of each queue gets: the numbers of the messages in their order, by stream. */
export async function emptyQueues(port: number): Promise<Map<string, number[]>[]> {
  const marking = new SessionClient({ clientId: "marking", version: 5, complain });
  await marking.connect(port);
  const owners = QUEUE_OWNERS.map(([clientId, version]) => {
    const found = new Map<string, number[]>();
    let marker = "";
    const client = new SessionClient({
      clientId,
      version,
      complain,
      receive({ topic, payload }) {
        if (topic === MARKER_TOPIC) marker = decode(payload);
        else {
          const { name, seq } = labelOf(payload);
          found.getOrInsertComputed(name, () => []).push(seq);
        }
      },
    });
    return { client, found, done: () => marker === "1" };
  });
  for (const { client } of owners) {
    if (!await client.connect(port)) complain(`${client.clientId} has no session`);
  }
  const payload = encode("1");
  marking.publish({ topic: MARKER_TOPIC, qos: 1, payload, acknowledged: () => {} });
  await until(() => owners.every(({ done }) => done()), () => "the queues are not empty");
  for (const { client } of owners) await client.disconnect();
  await marking.disconnect();
  return owners.map(({ found }) => found);
}

function complain(what: string): never {
  throw new Error(what);
}
