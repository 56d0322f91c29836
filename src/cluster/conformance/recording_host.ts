import type { Durable } from "../../base/durable.ts";
import type { Delivery } from "../../mqtt/delivery.ts";
import type { Message } from "../../mqtt/message.ts";
import type { ClusterHost, SessionSnapshot } from "../cluster.ts";

/** How long a case waits for what a peer should do, in milliseconds of real time. */
const WAIT_LIMIT_MS = 10_000;

/** A broker without behaviour: it has the sessions that a case gives it, and remembers the calls. */
export class RecordingHost implements ClusterHost {
  readonly delivered: Message[] = [];
  readonly retainedMessages: Message[] = [];
  readonly surrendered: string[] = [];
  readonly losses: { clientId: string; epoch: number }[] = [];
  readonly redelivered: Delivery[] = [];
  /** What {@linkcode surrender} hands over. */
  readonly snapshots = new Map<string, SessionSnapshot>();
  /** What {@linkcode deliver} answers. */
  onDeliver: () => Durable = () => undefined;
  #changed = Promise.withResolvers<void>();

  deliver(message: Message): Durable {
    this.delivered.push(message);
    this.#tell();
    return this.onDeliver();
  }

  retained(message: Message): Durable {
    this.retainedMessages.push(message);
    this.#tell();
    return undefined;
  }

  surrender(clientId: string): Promise<SessionSnapshot | undefined> {
    this.surrendered.push(clientId);
    this.#tell();
    return Promise.resolve(this.snapshots.get(clientId));
  }

  lost(clientId: string, epoch: number): void {
    this.losses.push({ clientId, epoch });
    this.snapshots.delete(clientId);
    this.#tell();
  }

  redeliver(deliveries: readonly Delivery[]): Durable {
    this.redelivered.push(...deliveries);
    this.#tell();
    return undefined;
  }

  /** Resolves when `holds` is true, checked at every call of the cluster; fails after a while. */
  async until(what: string, holds: () => boolean): Promise<void> {
    let limit: ReturnType<typeof setTimeout> | undefined;
    const expired = new Promise<never>((_, reject) => {
      limit = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), WAIT_LIMIT_MS);
    });
    try {
      while (!holds()) await Promise.race([this.#changed.promise, expired]);
    } finally {
      clearTimeout(limit);
    }
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
