/**
 * What is published on which topic: a tree of the topics' levels at a fixed cost.
 *
 * | node  | event                                     | next  | effect                              |
 * |-------|-------------------------------------------|-------|-------------------------------------|
 * | none  | published, there is room                  | known | a node for each level that is new   |
 * | none  | published, there is none                  | none  | a sample counts with the parent     |
 * | known | published                                 | known | counted                             |
 * | known | tick                                      | known | rates, totals of what lies below    |
 * | known | tick, crowded, idle, nothing below        | none  | its count goes to the parent        |
 *
 * A publish costs a few increments of the node, which the topic's memo remembers, or which is looked
 * up by a string that was seen before. A preview of the payload is copied once a second for each
 * topic at most.
 */
import type { Clock, Timer } from "../base/clock.ts";
import { compareText, Selection } from "../base/selection.ts";
import { limitOf, type Page, type PageRequest } from "../broker/inspector/page.ts";
import { RowGate } from "../broker/inspector/row_gate.ts";
import type { BrokerObserver, PublishedRun } from "../events/observer.ts";
import { topicLevels } from "../mqtt/topic.ts";

/** Levels of all topics together; about 30 MB with previews. */
export const TOPIC_NODES_MAX = 50_000;
/** Bytes of a payload that are kept. */
export const TOPIC_PREVIEW_BYTES = 256;

/**
 * Times of nodes are kept in units since the start, as small integers: a float would be an object of
 * its own, and one more cache miss for each message. They last for 248 days and stand still then.
 */
const UNIT_MS = 10;
const UNITS_MAX = 0x7fff_ffff;
const PREVIEW_AGE_UNITS = 1_000 / UNIT_MS;
const TICK_MS = 10_000;
/** From this part of the nodes on, idle ones go. */
const CROWDED = 0.9;
const IDLE_MS = 60 * 60_000;
/** Of the runs of messages that have no node, one in so many is counted, as so many. */
const SAMPLE = 32;

/** What was counted since the node is there; rates over the last ten seconds. */
export interface TopicFigures {
  readonly messages: number;
  readonly bytes: number;
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
}

export interface TopicView {
  readonly topic: string;
  /** Levels that are known right below it. */
  readonly children: number;
  /** Of this topic alone. */
  readonly own: TopicFigures;
  /** With all that lies below it, as of the last tick. */
  readonly total: TopicFigures;
  /** Below it, on topics that have no node of their own; estimated from a sample. */
  readonly others: { readonly messages: number; readonly bytes: number };
  /** Of the last message: milliseconds since the epoch, by hundredths of a second; undefined: nothing on this very topic. */
  readonly lastAt: number | undefined;
  readonly lastPublisher: string | undefined;
  /** The first bytes of a payload that is at most a second older than the last one. */
  readonly preview: Uint8Array | undefined;
}

export interface TopicPosition {
  readonly topic: string;
}

class Figures {
  messages = 0;
  bytes = 0;
  messagesPerSecond = 0;
  bytesPerSecond = 0;

  tick(messages: number, bytes: number, seconds: number): void {
    // What went to a parent is missing here afterwards.
    this.messagesPerSecond = Math.max(0, messages - this.messages) / seconds;
    this.bytesPerSecond = Math.max(0, bytes - this.bytes) / seconds;
    this.messages = messages;
    this.bytes = bytes;
  }

  view(): TopicFigures {
    const { messages, bytes, messagesPerSecond, bytesPerSecond } = this;
    return { messages, bytes, messagesPerSecond, bytesPerSecond };
  }
}

class TopicNode {
  // What each message touches is side by side, and in this object: all else would be further cache
  // misses.
  messages = 0;
  bytes = 0;
  /** In units. */
  lastAt = 0;
  previewAt = -PREVIEW_AGE_UNITS;
  lastPublisher: string | undefined = undefined;
  /** It was taken out of the tree: nothing may be counted here any more. */
  gone = false;
  readonly topic: string;
  readonly level: string;
  readonly parent: TopicNode | undefined;
  children: Map<string, TopicNode> | undefined;
  /** As of the last tick. */
  readonly own = new Figures();
  readonly total = new Figures();
  otherMessages = 0;
  otherBytes = 0;
  preview: Uint8Array | undefined = undefined;

  constructor(topic: string, level: string, parent: TopicNode | undefined) {
    this.topic = topic;
    this.level = level;
    this.parent = parent;
  }
}

export interface TopicStatisticsOptions {
  readonly clock: Clock;
  readonly nodesMax?: number;
}

export class TopicStatistics implements BrokerObserver, Disposable {
  readonly #clock: Clock;
  readonly #nodesMax: number;
  readonly #gate: RowGate;
  readonly #root = new TopicNode("", "", undefined);
  readonly #byTopic = new Map<string, TopicNode>();
  /** Without the root; parents before what lies below them. */
  #nodes: TopicNode[] = [];
  #withoutNode = 0;
  readonly #startedAt: number;
  #lastTick: number;
  #timer: Timer | undefined;
  #disposed = false;

  constructor({ clock, nodesMax = TOPIC_NODES_MAX }: TopicStatisticsOptions) {
    this.#clock = clock;
    this.#nodesMax = nodesMax;
    this.#gate = new RowGate(clock);
    this.#startedAt = this.#lastTick = clock.now();
  }

  get size(): number {
    return this.#nodes.length;
  }

  /** Figures rates from now on, every ten seconds. */
  start(): void {
    this.#timer = this.#clock.after(TICK_MS, () => {
      this.tick().then(() => {
        if (!this.#disposed) this.start();
      });
    });
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#timer?.cancel();
  }

  messagesPublished(run: PublishedRun): void {
    const { memo } = run;
    const counted = memo?.counted as TopicNode | undefined;
    if (counted !== undefined && !counted.gone) {
      count(counted, run, this.#units(run.receivedAt));
      return;
    }
    const node = this.#byTopic.get(run.topic) ?? this.#enter(run);
    if (node === undefined) return;
    if (memo !== undefined) memo.counted = node;
    count(node, run, this.#units(run.receivedAt));
  }

  /** Undefined: nothing is known of it. */
  topic(topic: string): TopicView | undefined {
    const node = this.#find(topic);
    return node === undefined ? undefined : this.#viewOf(node);
  }

  /** What lies right below a topic (undefined: the first levels), in pages by topic. */
  async children(
    parent: string | undefined,
    request: PageRequest<TopicPosition>,
  ): Promise<Page<TopicView, TopicPosition>> {
    const node = parent === undefined ? this.#root : this.#find(parent);
    return await this.#page(node?.children?.values() ?? [], () => true, request);
  }

  /**
   * Topics with a part of their name, in any case, in pages by topic; of those below `parent`, if
   * that is given.
   */
  async search(
    q: string,
    request: PageRequest<TopicPosition>,
    parent?: string,
  ): Promise<Page<TopicView, TopicPosition>> {
    const part = q.toLowerCase();
    const prefix = parent === undefined ? "" : `${parent}/`;
    const mentions = ({ topic }: TopicNode) =>
      topic.startsWith(prefix) && topic.toLowerCase().includes(part);
    return await this.#page(this.#byTopic.values(), mentions, request);
  }

  /** Figures rates and totals, and makes room when it is crowded. In slices. */
  async tick(): Promise<void> {
    const now = this.#clock.now();
    const seconds = Math.max(1, now - this.#lastTick) / 1000;
    this.#lastTick = now;
    const idleBefore = this.#units(now - IDLE_MS);
    const crowded = this.#nodes.length > this.#nodesMax * CROWDED;
    const nodes = this.#nodes;
    const sums = new Map<TopicNode, [messages: number, bytes: number]>();
    const gone = new Set<TopicNode>();
    for (let at = nodes.length - 1; at >= 0; at--) {
      const wait = this.#gate.pass();
      if (wait !== undefined) await wait;
      const node = nodes[at]!;
      const [messages, bytes] = sums.get(node) ?? [0, 0];
      sums.delete(node);
      node.own.tick(node.messages, node.bytes, seconds);
      node.total.tick(
        node.messages + node.otherMessages + messages,
        node.bytes + node.otherBytes + bytes,
        seconds,
      );
      const parent = node.parent!;
      if (crowded && node.children === undefined && node.lastAt < idleBefore) {
        this.#remove(node);
        gone.add(node);
        continue;
      }
      const sum = sums.get(parent);
      if (sum === undefined) sums.set(parent, [node.total.messages, node.total.bytes]);
      else {
        sum[0] += node.total.messages;
        sum[1] += node.total.bytes;
      }
    }
    if (gone.size > 0) this.#nodes = this.#nodes.filter((node) => !gone.has(node));
  }

  #units(time: number): number {
    return Math.min((time - this.#startedAt) / UNIT_MS, UNITS_MAX) | 0;
  }

  #viewOf(node: TopicNode): TopicView {
    return viewOf(node, this.#startedAt + node.lastAt * UNIT_MS);
  }

  #find(topic: string): TopicNode | undefined {
    let node: TopicNode | undefined = this.#root;
    for (const level of topicLevels(topic)) node = node?.children?.get(level);
    return node;
  }

  /** Makes the node of the topic. Undefined: there is no room, so the run is counted further up. */
  #enter(run: PublishedRun): TopicNode | undefined {
    const isFull = this.#nodes.length >= this.#nodesMax;
    if (isFull && ++this.#withoutNode % SAMPLE !== 0) return undefined;
    let node = this.#root;
    let end = -1;
    for (const level of topicLevels(run.topic)) {
      end += 1 + level.length;
      let next = node.children?.get(level);
      if (next === undefined) {
        if (this.#nodes.length >= this.#nodesMax) {
          const weight = isFull ? SAMPLE : 1;
          node.otherMessages += weight * run.messages;
          node.otherBytes += weight * run.bytes;
          return undefined;
        }
        next = new TopicNode(run.topic.slice(0, end), level, node);
        node.children ??= new Map();
        node.children.set(level, next);
        this.#nodes.push(next);
      }
      node = next;
    }
    this.#byTopic.set(run.topic, node);
    return node;
  }

  #remove(node: TopicNode): void {
    const parent = node.parent!;
    parent.otherMessages += node.total.messages;
    parent.otherBytes += node.total.bytes;
    parent.children!.delete(node.level);
    if (parent.children!.size === 0) parent.children = undefined;
    this.#byTopic.delete(node.topic);
    node.gone = true;
  }

  async #page(
    nodes: Iterable<TopicNode>,
    test: (node: TopicNode) => boolean,
    request: PageRequest<TopicPosition>,
  ): Promise<Page<TopicView, TopicPosition>> {
    const after = request.after?.topic;
    const selection = new Selection<TopicNode>(
      limitOf(request),
      (a, b) => compareText(a.topic, b.topic),
    );
    let value = 0;
    for (const node of nodes) {
      const wait = this.#gate.pass();
      if (wait !== undefined) await wait;
      if (!test(node)) continue;
      value++;
      if (after === undefined || node.topic > after) selection.offer(node);
    }
    const items = selection.rows.map((node) => this.#viewOf(node));
    const last = items[items.length - 1];
    const next = selection.overflowed ? { topic: last!.topic } : undefined;
    return request.count === true
      ? { items, next, total: { value, relation: "eq" } }
      : { items, next };
  }
}

function count(node: TopicNode, run: PublishedRun, at: number): void {
  node.messages += run.messages;
  node.bytes += run.bytes;
  node.lastAt = at;
  if (node.lastPublisher !== run.publisher) node.lastPublisher = run.publisher;
  if (at - node.previewAt < PREVIEW_AGE_UNITS) return;
  node.previewAt = at;
  node.preview = new Uint8Array(run.payload.subarray(0, TOPIC_PREVIEW_BYTES));
}

function viewOf(node: TopicNode, lastAt: number): TopicView {
  return {
    topic: node.topic,
    children: node.children?.size ?? 0,
    own: { ...node.own.view(), messages: node.messages, bytes: node.bytes },
    total: node.total.view(),
    others: { messages: node.otherMessages, bytes: node.otherBytes },
    lastAt: node.messages === 0 ? undefined : lastAt,
    lastPublisher: node.lastPublisher,
    preview: node.preview,
  };
}
