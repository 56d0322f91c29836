/** The retained messages in pages by topic, and their removal. */
import type { Message } from "../../mqtt/message.ts";
import {
  isDollarTopic,
  MULTI_LEVEL_WILDCARD,
  SINGLE_LEVEL_WILDCARD,
  topicLevels,
} from "../../mqtt/topic.ts";
import { restMatches } from "../../router/levels.ts";
import type { BrokerContext } from "../context.ts";
import { isSystemTopic } from "../system_topics.ts";
import { type MessageView, messageView } from "./message_view.ts";
import { limitOf, type Page, PAGE_ROWS_MAX, type PageRequest, type Total } from "./page.ts";
import type { RowGate } from "./row_gate.ts";
import { hasPart } from "./text_part.ts";

/** All that is given must hold. */
export interface RetainedFilter {
  /** A valid topic filter without share prefix. Without it, topics such as `$SYS/…` are there too. */
  readonly topicFilter?: string | undefined;
  /** A part of the topic, in any case. */
  readonly q?: string | undefined;
  /** Milliseconds since the epoch: it was received earlier. */
  readonly receivedBefore?: number | undefined;
  /** Its client id. */
  readonly publisher?: string | undefined;
  /** True: its publisher has no session any more, and no subscription of this node matches it. */
  readonly orphan?: boolean | undefined;
}

export interface RetainedPosition {
  readonly topic: string;
}

export type RetainedPage = Page<MessageView, RetainedPosition>;

/** What came of a bulk deletion, as far as one call goes. */
export interface BulkDeletion {
  readonly matched: number;
  /** 0 on a dry run. */
  readonly deleted: number;
  /** Undefined: all were looked at. Otherwise go on behind it. */
  readonly next: RetainedPosition | undefined;
}

/** Topics that are fetched together. */
const TOPICS_PER_STEP = 500;

/** Deletions that wait for the store together. */
const DELETIONS_PER_STEP = 200;

export class RetainedList {
  readonly #context: BrokerContext;
  readonly #gate: RowGate;

  constructor(context: BrokerContext, gate: RowGate) {
    this.#context = context;
    this.#gate = gate;
  }

  async page(
    filter: RetainedFilter,
    request: PageRequest<RetainedPosition>,
  ): Promise<RetainedPage> {
    const limit = limitOf(request);
    const items: MessageView[] = [];
    let last = request.after?.topic;
    const stop = await this.#each(filter, request.after, (message) => {
      if (items.length === limit) return true;
      items.push(messageView(message));
      last = message.topic;
      return false;
    });
    const next = stop === undefined ? undefined : { topic: items.length === limit ? last! : stop };
    return request.count === true
      ? { items, next, total: await this.#count(filter) }
      : { items, next };
  }

  /** Without a copy of anything. */
  has(topic: string): boolean {
    return this.#live(topic) !== undefined;
  }

  /** With its whole payload; undefined when there is none. */
  get(topic: string): MessageView | undefined {
    const message = this.#live(topic);
    return message === undefined ? undefined : messageView(message, Infinity);
  }

  /**
   * Removes one; nobody is sent anything. False when there is none, or it is one of the broker's own
   * figures. Resolves when that is durable, rejects with a `StoreError` when it is not done.
   */
  async delete(topic: string): Promise<boolean> {
    const { publisher, retained } = this.#context;
    if (isSystemTopic(topic) || retained.get(topic) === undefined) return false;
    await publisher.clearRetained(topic);
    return true;
  }

  /**
   * Removes all that `filter` selects but the broker's own figures, in slices, or only counts them
   * (`dryRun`). Rejects when the store does not take one; those before it are gone.
   */
  async deleteAll(
    filter: RetainedFilter,
    { dryRun, after }: { dryRun: boolean; after?: RetainedPosition | undefined },
  ): Promise<BulkDeletion> {
    let matched = 0;
    let deleted = 0;
    let position = after;
    for (;;) {
      const topics: string[] = [];
      const stop = await this.#each(filter, position, ({ topic }) => {
        if (topics.length === DELETIONS_PER_STEP) return true;
        if (!isSystemTopic(topic)) topics.push(topic);
        return false;
      });
      matched += topics.length;
      if (!dryRun) {
        await Promise.all(topics.map((topic) => this.delete(topic)));
        deleted += topics.length;
      }
      if (stop === undefined) return { matched, deleted, next: undefined };
      if (topics.length < DELETIONS_PER_STEP) return { matched, deleted, next: { topic: stop } };
      position = { topic: topics[topics.length - 1]! };
    }
  }

  #live(topic: string): Message | undefined {
    const message = this.#context.retained.get(topic);
    return message?.expired(this.#context.clock.now()) === true ? undefined : message;
  }

  async #count(filter: RetainedFilter): Promise<Total> {
    if (Object.values(filter).every((value) => value === undefined)) {
      return { value: this.#context.retained.size, relation: "eq" };
    }
    let value = 0;
    const stop = await this.#each(filter, undefined, () => {
      value++;
      return false;
    });
    return { value, relation: stop === undefined ? "eq" : "gte" };
  }

  /**
   * Calls `visit` for each message that is selected, by topic and in slices, until it returns true
   * or as many were looked at as a page may. Returns the topic that it stopped at; undefined: at the
   * end.
   */
  async #each(
    filter: RetainedFilter,
    after: RetainedPosition | undefined,
    visit: (message: Message) => boolean,
  ): Promise<string | undefined> {
    const { retained, clock } = this.#context;
    const { topics } = retained;
    const now = clock.now();
    const test = retainedTest(filter, this.#context);
    const prefix = literalPrefix(filter.topicFilter);
    let position = after?.topic;
    for (let looked = 0; looked < PAGE_ROWS_MAX; looked += TOPICS_PER_STEP) {
      const next = position === undefined || position < prefix
        ? topics.from(prefix, TOPICS_PER_STEP)
        : topics.after(position, TOPICS_PER_STEP);
      for (const topic of next) {
        if (!topic.startsWith(prefix)) return undefined;
        const wait = this.#gate.pass();
        if (wait !== undefined) await wait;
        const message = retained.get(topic);
        if (message === undefined || message.expired(now) || !test(message)) continue;
        if (visit(message)) return topic;
      }
      if (next.length < TOPICS_PER_STEP) return undefined;
      position = next[next.length - 1]!;
    }
    return position;
  }
}

function retainedTest(
  filter: RetainedFilter,
  context: BrokerContext,
): (message: Message) => boolean {
  const { topicFilter, receivedBefore, publisher, orphan } = filter;
  const has = hasPart(filter.q ?? "");
  return (message) =>
    (receivedBefore === undefined || message.receivedAt < receivedBefore) &&
    (publisher === undefined || message.publisher === publisher) &&
    has(message.topic) &&
    (topicFilter === undefined || matches(topicFilter, message.topic)) &&
    (orphan === undefined || isOrphan(message, context) === orphan);
}

function isOrphan({ topic, publisher }: Message, { router, sessions }: BrokerContext): boolean {
  if (publisher === undefined || sessions.get(publisher) !== undefined) return false;
  return router.matching(topic).next().done === true;
}

/** As `topicMatches`, without cutting up hundreds of thousands of topics. */
function matches(topicFilter: string, topic: string): boolean {
  if (!restMatches(topicFilter, 0, topic, 0)) return false;
  const first = topicFilter[0];
  const beginsWild = first === SINGLE_LEVEL_WILDCARD || first === MULTI_LEVEL_WILDCARD;
  return !beginsWild || !isDollarTopic(topic); // [MQTT-4.7.2-1]
}

/** What the topics that a filter matches begin with: `a/#` matches `a` as well. */
function literalPrefix(topicFilter = MULTI_LEVEL_WILDCARD): string {
  const levels = topicLevels(topicFilter);
  const wild = levels.findIndex((level) =>
    level === SINGLE_LEVEL_WILDCARD || level === MULTI_LEVEL_WILDCARD
  );
  if (wild < 0) return topicFilter;
  const prefix = levels.slice(0, wild).join("/");
  return wild > 0 && levels[wild] === SINGLE_LEVEL_WILDCARD ? `${prefix}/` : prefix;
}
