/** Ten thousand wildcard filters of hundreds of sessions: the broker finds what naive matching finds. */
import assert from "#assert";
import { type Random, SeededRandom } from "../../src/base/random.ts";
import { topicMatches } from "../../src/mqtt/topic_filter.ts";
import type { PacketOf, RawClient } from "../support/raw_client.ts";
import { TestBroker } from "../support/test_broker.ts";

const SESSIONS = 400;
const FILTERS_EACH = 25;
const TOPICS = 60;

/** Levels that filters and topics are made of: few enough to meet, some of them awkward. */
const LEVELS = ["a", "b", "c", "d", "e", "", "$", "A", "\u00e9", "a b"];

function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.below(values.length)]!;
}

function randomTopic(random: Random): string {
  for (;;) {
    const levels = Array.from({ length: 1 + random.below(5) }, () => pick(random, LEVELS));
    const topic = levels.join("/");
    if (topic !== "") return topic;
  }
}

function randomWildcardFilter(random: Random): string {
  for (;;) {
    const levels = Array.from(
      { length: 1 + random.below(5) },
      () => random.below(3) === 0 ? "+" : pick(random, LEVELS),
    );
    if (random.below(3) === 0) levels[levels.length - 1] = "#";
    // What matches nearly everything would only be noise.
    const literal = levels.some((level) => level !== "+" && level !== "#");
    if (literal && levels.some((level) => level === "+" || level === "#")) return levels.join("/");
  }
}

/** A session and its filters; in 5.0 each has the identifier under which it is filed here. */
interface Subscribed {
  readonly client: RawClient;
  readonly filters: Map<number, string>;
}

async function subscribeMany(
  broker: TestBroker,
  random: Random,
  index: number,
): Promise<Subscribed> {
  const protocolVersion = index % 2 === 0 ? 5 : 4;
  const client = await broker.connect({ clientId: `c${index}`, protocolVersion });
  const filters = new Map<number, string>();
  while (filters.size < FILTERS_EACH) {
    const filter = randomWildcardFilter(random);
    if ([...filters.values()].includes(filter)) continue;
    const messageId = filters.size + 1;
    filters.set(messageId, filter);
    await client.send({
      cmd: "subscribe",
      messageId,
      subscriptions: [{ topic: filter, qos: 0 }],
      properties: { subscriptionIdentifier: messageId },
    });
  }
  assert.equal((await client.untilPing()).length, FILTERS_EACH);
  return { client, filters };
}

/** Remembers the answers: many sessions have the same filters. */
function naiveMatcher(): (filter: string, topic: string) => boolean {
  const known = new Map<string, boolean>();
  return (filter, topic) => {
    const key = `${filter}\n${topic}`;
    let matches = known.get(key);
    if (matches === undefined) known.set(key, matches = topicMatches(filter, topic));
    return matches;
  };
}

/** Publishes every topic and compares what each session gets, filter by filter, in 5.0. */
async function compare(
  publisher: RawClient,
  sessions: readonly Subscribed[],
  topics: readonly string[],
  matches: (filter: string, topic: string) => boolean,
): Promise<number> {
  for (const topic of topics) await publisher.send({ cmd: "publish", topic });
  await publisher.ping();
  let found = 0;
  for (const { client, filters } of sessions) {
    const expected: string[] = [];
    for (const topic of topics) {
      const ids = [...filters].filter(([, filter]) => matches(filter, topic)).map(([id]) => id);
      if (ids.length === 0) continue;
      found += ids.length;
      expected.push(client.protocolVersion === 5 ? `${topic} ${ids}` : topic);
    }
    const packets = await client.untilPing() as PacketOf<"publish">[];
    const actual = packets.map(({ topic, properties }) => {
      if (client.protocolVersion !== 5) return topic;
      const ids = [properties?.subscriptionIdentifier ?? []].flat();
      return `${topic} ${ids.sort((one, other) => one - other)}`;
    });
    assert.deepEqual(actual, expected);
  }
  return found;
}

Deno.test("[MQTT-4.7.1-2] [MQTT-3.3.4-4] 10,000 wildcard filters of 400 sessions match like naive matching, also after half of them are gone (3.1.1 and 5.0)", async () => {
  await using broker = await TestBroker.start();
  const random = new SeededRandom(20_260_101);
  const sessions: Subscribed[] = [];
  for (let index = 0; index < SESSIONS; index++) {
    sessions.push(await subscribeMany(broker, random, index));
  }
  const { inspector } = broker.broker;
  assert.equal(inspector.counts().subscriptions, SESSIONS * FILTERS_EACH);
  const topics = new Set<string>(["a", "/", "$/a", "a/b/c/d/e"]);
  while (topics.size < TOPICS) topics.add(randomTopic(random));
  const matches = naiveMatcher();
  const publisher = await broker.connect({ clientId: "pub" });
  const found = await compare(publisher, sessions, [...topics], matches);
  assert.ok(found > 1_000, `only ${found} matches: the test tests nothing`);

  for (const { client, filters } of sessions) {
    const gone = [...filters].filter(() => random.below(2) === 0);
    await client.unsubscribe(gone.map(([, filter]) => filter));
    for (const [id] of gone) filters.delete(id);
  }
  const left = sessions.reduce((sum, { filters }) => sum + filters.size, 0);
  assert.equal(inspector.counts().subscriptions, left);
  await compare(publisher, sessions, [...topics], matches);
});
