/** What the clients do while the broker lives. */
import type { Random } from "../../src/base/random.ts";
import { encode, type MessageStream, randomLength } from "./message_stream.ts";
import type {
  ChangingSubscriber,
  KeptSubscriber,
  Population,
  PublishingClient,
} from "./population.ts";
import type { WillClient } from "./will_client.ts";
import { ConnectionLost } from "./wire.ts";

/** How often each publisher sends a few messages, in milliseconds. */
const BURST_MS = 3;
const BURST_MAX = 3;
/** Messages of one publisher that wait for an acknowledgement. */
const UNFINISHED_MAX = 24;
/** Every so many retained messages is an empty one, which removes the one before. */
const REMOVES_RETAINED = 7;

/** One life of the broker. */
export interface Life {
  readonly port: number;
  /** It was killed, or is about to be. */
  readonly over: () => boolean;
  /** Of a hundred messages so many are large. */
  readonly large: number;
}

/** Who takes part. */
export type Participants = Pick<
  Population,
  "ticks" | "publishers" | "changing" | "offline" | "wills"
>;

export class Load {
  readonly #population: Participants;
  readonly #random: Random;
  /** Messages that the broker answers for. */
  acknowledged = 0;
  /** When the last message was sent that certainly is in the store. */
  settledAt = 0;
  /** Called for each message that the broker has answered for. */
  onAcknowledged: (stream: MessageStream, seq: number) => void = () => {};

  constructor(population: Participants, random: Random) {
    this.#population = population;
    this.#random = random;
  }

  /** Goes on until the life is over. */
  async run(life: Life): Promise<void> {
    const { publishers, changing, offline, wills } = this.#population;
    await Promise.all([
      ...publishers.map((publisher) => this.#publish(publisher, life)),
      ...changing.map((subscriber) => this.#changeSubscriptions(subscriber, life)),
      ...offline.map((subscriber) => this.#visit(subscriber, life)),
      ...wills.map((client) => this.#comeAndGo(client, life)),
    ]);
  }

  async #publish(publisher: PublishingClient, { over, large }: Life): Promise<void> {
    const random = this.#random;
    const { client, kept: [first, second], changing, retained } = publisher;
    const choice = [first!, first!, second!, second!, changing, retained];
    while (!over()) {
      for (let left = random.below(BURST_MAX + 1); left > 0; left--) {
        if (client.unfinished >= UNFINISHED_MAX || !client.online) break;
        this.#send(publisher, choice[random.below(choice.length)]!, large);
      }
      await pause(BURST_MS);
    }
  }

  #send({ client, retained }: PublishingClient, stream: MessageStream, large: number): void {
    const retain = stream === retained;
    const payload = stream.next(this.#population.ticks.next(), randomLength(this.#random, large));
    const seq = stream.sent;
    client.publish({
      topic: stream.topic,
      qos: stream.qos,
      retain,
      payload: retain && removesRetained(seq) ? encode("") : payload,
      acknowledged: () => this.#acknowledge(stream, seq),
    });
  }

  #acknowledge(stream: MessageStream, seq: number): void {
    this.acknowledged++;
    this.onAcknowledged(stream, seq);
    stream.acknowledge(seq, this.#population.ticks.next());
    // A message to the changing subscribers may have found nobody, and then is not stored.
    if (stream.topic.startsWith("kept/")) {
      this.settledAt = Math.max(this.settledAt, stream.sentAt[seq]!);
    }
  }

  async #changeSubscriptions(
    { client, subscriptions }: ChangingSubscriber,
    life: Life,
  ): Promise<void> {
    const { filters } = subscriptions;
    const { ticks } = this.#population;
    await this.#repeat(life, 100, async () => {
      const filter = filters[this.#random.below(filters.length)]!;
      subscriptions.ask(filter, !filter.wanted, ticks.next());
      if (filter.wanted) await client.subscribe([filter.topicFilter], 2);
      else await client.unsubscribe([filter.topicFilter]);
      subscriptions.answered(filter, ticks.next());
    });
  }

  /** Comes back for a while in some of the lives. */
  async #visit({ client }: KeptSubscriber, life: Life): Promise<void> {
    const random = this.#random;
    if (random.below(3) > 0) return;
    await this.#repeat(life, 400, async () => {
      await client.connect(life.port);
      await pause(random.below(200));
      if (life.over()) return;
      if (random.below(2) === 0) await client.disconnect();
      else await client.abort();
    });
  }

  async #comeAndGo(client: WillClient, life: Life): Promise<void> {
    await this.#repeat(life, 300, async () => {
      await client.end(this.#random);
      if (!life.over()) await client.connect(life.port);
    });
  }

  async #repeat({ over }: Life, pauseMs: number, action: () => Promise<void>): Promise<void> {
    for (;;) {
      await pause(this.#random.below(pauseMs));
      if (over()) return;
      try {
        await action();
      } catch (error) {
        if (!(error instanceof ConnectionLost) || !over()) throw error;
      }
    }
  }
}

export function removesRetained(seq: number): boolean {
  return seq % REMOVES_RETAINED === 0;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
