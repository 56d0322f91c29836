import { invariant } from "../../src/base/invariant.ts";
import { StandaloneCluster } from "../../src/cluster/standalone.ts";
import type { Message } from "../../src/mqtt/message.ts";

/**
 * A cluster whose peers store what they are sent when the test says so, in any order. A message is
 * known by its payload, as text.
 */
export class SlowPeers extends StandaloneCluster {
  override readonly alone = false;
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();

  constructor() {
    super("node-under-test");
  }

  override forward(message?: Message): Promise<void> {
    const waiting = Promise.withResolvers<void>();
    this.#waiting.set(new TextDecoder().decode(message!.payload), waiting);
    return waiting.promise;
  }

  /** How many messages wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The peers have stored it. */
  stored(payload: string): void {
    this.#take(payload).resolve();
  }

  /** The peers could not store it. */
  failed(payload: string, error: Error): void {
    this.#take(payload).reject(error);
  }

  #take(payload: string): PromiseWithResolvers<void> {
    const waiting = this.#waiting.get(payload);
    invariant(waiting !== undefined, `no message "${payload}" waits for the peers`);
    this.#waiting.delete(payload);
    return waiting;
  }
}
