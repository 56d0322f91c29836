/** What has to be true of a broker that was started again. */
import type { Publish } from "../../src/mqtt/packets/publish.ts";
import { until } from "../support/until.ts";
import type { Findings } from "./findings.ts";
import { removesRetained } from "./load.ts";
import { encode, labelOf, type MessageStream } from "./message_stream.ts";
import {
  type ChangingSubscriber,
  type KeptSubscriber,
  MARKER_TOPIC,
  type Population,
  RETAINED_FILTER,
} from "./population.ts";
import { SessionClient } from "./session_client.ts";
import { ConnectionLost } from "./wire.ts";

export class RecoveryCheck {
  readonly #population: Population;
  readonly #findings: Findings;
  #marker = 0;
  #readers = 0;
  /** The constant subscriptions of these were made. */
  readonly #subscribed = new Set<SessionClient>();
  /** The broker has forgotten these: for them nothing has to be waited for. */
  readonly #forgotten = new Set<SessionClient>();

  constructor(population: Population, findings: Findings) {
    this.#population = population;
    this.#findings = findings;
  }

  /**
   * Brings everybody back who is online, and checks what they find. Rejects with
   * {@link ConnectionLost} when the broker is killed meanwhile.
   */
  async run(port: number, over: () => boolean): Promise<void> {
    const { publishers, marking, online, changing, wills } = this.#population;
    await this.#checkRetained(port);
    const clients = [marking, ...publishers.map(({ client }) => client)];
    await Promise.all([
      ...[...online, ...changing].map((subscriber) => this.#resume(subscriber, port)),
      ...wills.map((will) => this.#comeBack(will.client, () => will.connect(port))),
    ]);
    // Only when everybody who has to get everything is subscribed.
    await Promise.all(clients.map((each) => this.#comeBack(each, () => each.connect(port))));
    await this.#delivered([...online, ...changing], over);
    for (const { arrivals } of online) arrivals.audit(this.#population.keptStreams);
    for (const { subscriptions } of changing) {
      subscriptions.audit((topicFilter) => this.#population.changingStreams(topicFilter));
    }
    await this.#checkWills(over);
  }

  /** Brings one of those back who are away most of the time; it gets all that waits for it. */
  async fetch(subscriber: KeptSubscriber, port: number): Promise<void> {
    await this.#resume(subscriber, port);
    await this.#delivered([subscriber], () => false);
    subscriber.arrivals.audit(this.#population.keptStreams);
  }

  /** Makes the sessions that have to exist before the first message. */
  async establish(port: number): Promise<void> {
    for (const subscriber of this.#population.online) await this.#resume(subscriber, port);
    for (const subscriber of this.#population.offline) {
      await this.#resume(subscriber, port);
      await subscriber.client.disconnect();
    }
  }

  async #resume(subscriber: KeptSubscriber | ChangingSubscriber, port: number): Promise<void> {
    const { client, topicFilters } = subscriber;
    if (!client.online) await this.#comeBack(client, () => client.connect(port));
    if (!this.#subscribed.has(client)) {
      await client.subscribe(topicFilters, 2);
      this.#subscribed.add(client);
    }
    if ("subscriptions" in subscriber) await this.#askAgain(subscriber);
  }

  /** The answer to these was lost with the connection. */
  async #askAgain({ client, subscriptions }: ChangingSubscriber): Promise<void> {
    const { ticks } = this.#population;
    for (const filter of subscriptions.filters) {
      if (!filter.asked) continue;
      if (filter.wanted) await client.subscribe([filter.topicFilter], 2);
      else await client.unsubscribe([filter.topicFilter]);
      subscriptions.answered(filter, ticks.next());
    }
  }

  async #comeBack(client: SessionClient, connect: () => Promise<boolean>): Promise<void> {
    const known = client.established;
    const present = await connect();
    if (!known || present) return;
    this.#findings.add("session", `${client.clientId}: no session present`);
    this.#forgotten.add(client);
  }

  /** The publishers are done, and what they have sent has come. */
  async #delivered(
    subscribers: readonly { readonly client: SessionClient; readonly marker: number }[],
    over: () => boolean,
  ): Promise<void> {
    const { marking, publishers } = this.#population;
    const busy = () => publishers.filter(({ client }) => client.unfinished > 0);
    await this.#patiently(over, () => busy().length === 0);
    for (const { client } of busy()) {
      this.#findings.add("protocol", `${client.clientId} waits for acknowledgements`);
    }
    const marker = ++this.#marker;
    const payload = encode(`${marker}`);
    marking.publish({ topic: MARKER_TOPIC, qos: 1, payload, acknowledged: () => {} });
    const waiting = () =>
      subscribers.filter((each) => each.marker < marker && !this.#forgotten.has(each.client));
    await this.#patiently(over, () => waiting().length === 0);
    for (const { client } of waiting()) {
      this.#findings.add("lost", `${client.clientId}: the marker did not come`);
    }
  }

  async #checkWills(over: () => boolean): Promise<void> {
    const { wills, watchers } = this.#population;
    const complete = () => wills.every((will) => will.complete(watchers));
    if (this.#findings.none) await this.#patiently(over, complete);
    for (const will of wills) will.audit(watchers);
  }

  /** Before the publishers send again: what there is, is from before. */
  async #checkRetained(port: number): Promise<void> {
    const found = new Map<string, number>();
    const reader = new SessionClient({
      clientId: `reader${++this.#readers}`,
      version: 5,
      receive: ({ topic, payload }: Publish) => void found.set(topic, labelOf(payload).seq),
      complain: (what) => this.#findings.add("protocol", what),
    });
    await reader.connect(port, { clean: true });
    await reader.subscribe([RETAINED_FILTER], 0);
    await reader.ping();
    await reader.disconnect();
    for (const { retained } of this.#population.publishers) {
      if (mayBeRetained(retained, found.get(retained.topic))) continue;
      const what = found.get(retained.topic) ?? "nothing";
      this.#findings.add(
        "retained",
        `${retained.topic} has ${what}, acknowledged is ${retained.acknowledged}`,
      );
    }
  }

  /** Waits until it is so, or will not be so any more: what is missing then is found. */
  async #patiently(over: () => boolean, reached: () => boolean): Promise<void> {
    await until(() => over() || reached(), () => "").catch(() => {});
    if (over()) throw new ConnectionLost("the broker was killed");
  }
}

/** It is the last message that was acknowledged, or a later one. */
function mayBeRetained(stream: MessageStream, found: number | undefined): boolean {
  if (found === undefined && stream.acknowledged === 0) return true;
  for (let seq = Math.max(1, stream.acknowledged); seq <= stream.sent; seq++) {
    if (removesRetained(seq) ? found === undefined : found === seq) return true;
  }
  return false;
}
