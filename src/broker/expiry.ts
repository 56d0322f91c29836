/**
 * The sweep for expired messages (requirement row P13): an expired message is never delivered
 * anyway, but a queue of a client that stays away and a retained message that nobody asks for would
 * keep it. Works in slices, so that a million messages do not hold the event loop.
 */
import { sleep } from "../base/clock.ts";
import type { Timer } from "../base/clock.ts";
import type { Queued } from "../session/queue.ts";
import { RESIDENT_WINDOW } from "../session/queue.ts";
import type { BrokerContext, ClientSession } from "./context.ts";

/** Messages or sessions that one turn of the event loop looks at. */
const SLICE = 1_000;

export class ExpirySweep {
  readonly #context: BrokerContext;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(context: BrokerContext) {
    this.#context = context;
  }

  start(): void {
    this.#timer = this.#context.clock.after(this.#context.limits.expirySweepMs, () => {
      this.run().catch((error: unknown) => {
        this.#context.log.error("sweep of expired messages failed", { error: String(error) });
      }).finally(() => {
        if (!this.#stopped) this.start();
      });
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** One sweep over all queues and all retained messages. */
  async run(): Promise<void> {
    await this.#sweepRetained();
    let count = 0;
    for (const session of this.#context.sessions.all()) {
      if (this.#stopped) return;
      if (session.queue.size > 0) await this.#sweepQueue(session);
      if (++count % SLICE === 0) await sleep(this.#context.clock, 0);
    }
  }

  async #sweepRetained(): Promise<void> {
    const { retained, store, clock, deliveries } = this.#context;
    let batch = store.batch();
    let count = 0;
    for (const message of retained.values()) {
      if (message.expired(clock.now())) {
        retained.delete(message.topic);
        batch.deleteRetained(message.topic);
      }
      if (++count % SLICE !== 0) continue;
      deliveries.background(batch.commit());
      batch = store.batch();
      await sleep(clock, 0);
      if (this.#stopped) return;
    }
    deliveries.background(batch.commit());
  }

  async #sweepQueue(session: ClientSession): Promise<void> {
    const { clock, accounting, deliveries, store } = this.#context;
    const expired = (entry: Queued) => entry.delivery.message.expired(clock.now());
    const resident = session.queue.prune(expired);
    accounting.expired += resident.length;
    for (const { delivery } of resident) deliveries.letGo(session, delivery);
    if (!session.durable) return;
    const batch = store.batch();
    for (const { seq } of resident) batch.dequeue(session.clientId, seq);
    deliveries.background(batch.commit());
    await this.#sweepStored(session, expired);
    if (session.connection !== undefined) deliveries.pump(session);
  }

  /** The part of the queue that is only in the store. A client that came back has its own pages. */
  async #sweepStored(session: ClientSession, expired: (entry: Queued) => boolean): Promise<void> {
    const { accounting, deliveries, store } = this.#context;
    const { pageAfter } = session.queue;
    let after = pageAfter;
    for (;;) {
      const page = await store.queue.page(session.clientId, after, RESIDENT_WINDOW);
      if (session.ended || session.connection !== undefined || this.#stopped) return;
      // It came back and is gone again: what it has read meanwhile is resident, or was delivered.
      if (session.queue.pageAfter !== pageAfter) return;
      const batch = store.batch();
      for (const entry of page) {
        if (!expired(entry)) continue;
        accounting.expired++;
        session.queue.forgetStored(entry.delivery);
        batch.dequeue(session.clientId, entry.seq);
      }
      deliveries.background(batch.commit());
      if (page.length < RESIDENT_WINDOW) return;
      after = page[page.length - 1]!.seq;
    }
  }
}
