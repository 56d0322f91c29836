/**
 * Finding the recipients of a topic, and the retained messages of a filter. Run with `deno bench
 * bench/router_bench.ts`; the sets of a million are made when their first benchmark runs.
 *
 * An iteration of a match makes BATCH of them, so divide the time shown by BATCH.
 */
import { Message } from "../src/mqtt/message.ts";
import { SeededRandom } from "../src/base/random.ts";
import { RetainedIndex } from "../src/router/retained_index.ts";
import { CACHE_SIZE, Router, type Subscriber } from "../src/router/router.ts";
import { client, subscription } from "../src/router/router_fixture.ts";

const BATCH = 100;
const SITES = 100;
const METRICS = ["temperature", "humidity", "voltage", "current", "state"];
/** What a client with filters has of them. */
const FILTERS_PER_CLIENT = 4;
/** Topics that a cached match repeats. */
const REPEATED = 1_000;
/** The number of topics is that of the filters, up to here. */
const TOPICS_MAX = 100_000;
/** How often all topics have come before those in turn are measured. */
const ROUNDS_BEFORE = 8;
/**
 * Of each topic, where there are more: a million among a million filters, and among 10,000 also a
 * hundred thousand, so that as many results compete for the processor's caches at both sizes.
 */
const SUBTOPICS = { 10_000: [10, 100], 1_000_000: [10] };

interface Workload {
  readonly filters: string[];
  readonly topics: string[];
}

/** Filters of one kind, one of which matches each topic. */
function uniform(count: number, filterOf: (n: string) => string): Workload {
  const names = Array.from({ length: count }, (_, i) => `device/${i}/sensor`);
  const topics = names.slice(0, TOPICS_MAX).map((name) => `${name}/temperature`);
  return { filters: names.map(filterOf), topics };
}

/** Filters of all kinds, five of which match each topic; more than half match none. */
function mixed(count: number): Workload {
  const devices = Math.round(count / 4_800);
  const filters: string[] = [];
  const topics: string[] = [];
  for (let site = 0; site < SITES; site++) {
    filters.push(`site/${site}/#`);
    for (let device = 0; device < devices; device++) {
      const place = `${site}/device/${device}`;
      filters.push(`site/${place}/+`, `site/${place}/#`);
      for (const metric of METRICS) {
        filters.push(`site/${place}/${metric}`, `+/${place}/${metric}`);
        topics.push(`site/${place}/${metric}`);
      }
    }
    for (let user = 0; user < 12 * devices; user++) {
      const name = `${site}-${user}`;
      filters.push(`client/${name}/command`, `client/${name}/+/reply`, `group/user-${name}/#`);
    }
  }
  return { filters, topics: topics.slice(0, TOPICS_MAX) };
}

const WORKLOADS: Record<string, (count: number) => Workload> = {
  exact: (count) => uniform(count, (name) => `${name}/temperature`),
  "+": (count) => uniform(count, (name) => `${name}/+`),
  "#": (count) => uniform(count, (name) => `${name}/#`),
  mixed,
};

const random = new SeededRandom(1);

function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The same text as one piece, as it comes out of a packet: V8 only links what is concatenated. */
function flat(text: string): string {
  return decoder.decode(encoder.encode(text));
}

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => made ??= make();
}

interface Filled {
  readonly router: Router<Subscriber>;
  readonly clients: Subscriber[];
  readonly filters: string[];
  readonly topics: string[];
}

/** Without `cacheSize` the router is as the broker makes it. */
function fill({ filters, topics }: Workload, cacheSize?: number): Filled {
  const router = new Router<Subscriber>({ cacheSize: cacheSize ?? CACHE_SIZE });
  const inOrder = shuffled(filters).map(flat);
  const clients = inOrder.map((_, i) => client(`client-${Math.floor(i / FILTERS_PER_CLIENT)}`));
  for (const [i, filter] of inOrder.entries()) {
    clients[i] = clients[i - i % FILTERS_PER_CLIENT]!;
    router.subscribe(clients[i]!, subscription(filter));
  }
  return { router, clients, filters: inOrder, topics: shuffled(topics).map(flat) };
}

/**
 * Matches topics in turn, none again before all have come, each time as a string that is made anew,
 * as it comes out of a packet. To make it is not measured.
 */
function benchInTurn(name: string, group: string, filled: () => Filled, topicsOf = topicsAlone) {
  const packets = lazy(() => {
    const { router, topics } = filled();
    const all = topicsOf(topics);
    for (let round = 0; round < ROUNDS_BEFORE; round++) {
      for (const topic of all) router.match(topic);
    }
    return all.map((topic) => encoder.encode(topic));
  });
  let next = 0;
  Deno.bench({ name: `${group}: ${name}`, group }, (bench) => {
    const { router } = filled();
    const all = packets();
    const batch = Array.from({ length: BATCH }, () => decoder.decode(all[next++ % all.length]!));
    let recipients = 0;
    bench.start();
    for (let i = 0; i < BATCH; i++) recipients += router.match(batch[i]!).recipients.length;
    bench.end();
    if (recipients === 0) throw new Error("Nothing matched");
  });
}

function topicsAlone(topics: string[]): string[] {
  return topics;
}

/** `times` as many; `site/N/#` and `site/N/device/N/#` match each, so two recipients. */
function withSubtopics(topics: string[], times: number): string[] {
  return shuffled(topics.flatMap((topic) => {
    return Array.from({ length: times }, (_, i) => `${topic}/${i}`);
  }));
}

for (const [count, size] of [[10_000, "10,000"], [1_000_000, "1,000,000"]] as const) {
  for (const [kind, make] of Object.entries(WORKLOADS)) {
    const group = `match among ${size} filters, ${kind}`;
    const cold = lazy(() => fill(make(count), 0));
    let next = 0;
    Deno.bench({ name: `${group}: each topic anew`, group }, () => {
      const { router, topics } = cold();
      for (let i = 0; i < BATCH; i++) router.match(topics[next++ % topics.length]!);
    });
    const cached = lazy(() => fill(make(count)));
    Deno.bench({ name: `${group}: the same ${REPEATED} topics`, group }, () => {
      const { router, topics } = cached();
      for (let i = 0; i < BATCH; i++) router.match(topics[next++ % REPEATED]!);
    });
  }

  const group = `match among ${size} filters, mixed, topics in turn`;
  const asInBroker = lazy(() => fill(mixed(count)));
  const uncached = lazy(() => fill(mixed(count), 0));
  benchInTurn("5 recipients each", group, asInBroker);
  benchInTurn("5 recipients each, without cache", group, uncached);
  for (const times of SUBTOPICS[count]) {
    const more = (topics: string[]) => withSubtopics(topics, times);
    benchInTurn(`${times} times the topics, 2 each`, group, asInBroker, more);
    benchInTurn(`${times} times the topics, 2 each, without cache`, group, uncached, more);
  }

  const churned = lazy(() => fill(mixed(count)));
  let at = 0;
  Deno.bench(`unsubscribe and subscribe among ${size} filters, mixed`, () => {
    const { router, clients, filters } = churned();
    const i = at++ % filters.length;
    router.unsubscribe(clients[i]!, filters[i]!);
    router.subscribe(clients[i]!, subscription(filters[i]!));
  });
}

const RETAINED = 1_000_000;
const retained = lazy(() => {
  const index = new RetainedIndex();
  const payload = new Uint8Array(16);
  for (let i = 0; i < RETAINED; i++) {
    const metric = METRICS[Math.floor(i / SITES) % METRICS.length]!;
    const topic = `site/${i % SITES}/device/${Math.floor(i / SITES / METRICS.length)}/${metric}`;
    index.set(new Message({ topic, payload, qos: 0, retain: true, receivedAt: 0 }));
  }
  return index;
});

let device = 0;
Deno.bench("retained, 1,000,000 topics: one by its topic", () => {
  retained().get(`site/7/device/${device++ % 2_000}/state`);
});
Deno.bench("retained, 1,000,000 topics: 100 of site/+/device/N/state", () => {
  for (const _ of retained().match(`site/+/device/${device++ % 2_000}/state`));
});
Deno.bench("retained, 1,000,000 topics: 5 of site/7/device/N/#", () => {
  for (const _ of retained().match(`site/7/device/${device++ % 2_000}/#`));
});
Deno.bench("retained, 1,000,000 topics: all of #", { n: 5, warmup: 1 }, () => {
  for (const _ of retained().match("#"));
});
Deno.bench("retained, 1,000,000 topics: clear and set one", () => {
  const index = retained();
  index.set(index.delete(`site/7/device/${device++ % 2_000}/state`)!);
});
