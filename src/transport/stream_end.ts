import type { Receiver } from "./transport.ts";

/**
 * The end of a transport, told exactly once: to the receiver, in a microtask of its own (so never
 * inside a call that the receiver makes), and to whoever waits for it.
 */
export class StreamEnd {
  /** Made for who asks: most streams end without anybody waiting for it. */
  #told: PromiseWithResolvers<void> | undefined;
  #receiver: Receiver | undefined;
  #ended = false;
  #isTold = false;
  #error: Error | undefined;

  /** Resolves when the stream has ended and the receiver knows. */
  get told(): Promise<void> {
    if (this.#isTold) return Promise.resolve();
    this.#told ??= Promise.withResolvers();
    return this.#told.promise;
  }

  /** Names who is told; when the stream has ended already, now. */
  attach(receiver: Receiver): void {
    this.#receiver = receiver;
    if (this.#ended) queueMicrotask(() => this.#tell());
  }

  /** Ends the stream; called once. */
  end(error: Error | undefined): void {
    this.#ended = true;
    this.#error = error;
    queueMicrotask(() => this.#tell());
  }

  #tell(): void {
    const receiver = this.#receiver;
    this.#receiver = undefined; // Attached in the turn of the end, it would be told twice.
    receiver?.closed(this.#error);
    this.#isTold = true;
    this.#told?.resolve();
  }
}
