import type { Receiver } from "./transport.ts";

/**
 * The end of a transport, told exactly once: to the receiver, in a microtask of its own (so never
 * inside a call that the receiver makes), and to whoever waits for it.
 */
export class StreamEnd {
  readonly #told = Promise.withResolvers<void>();
  #receiver: Receiver | undefined;
  #ended = false;
  #error: Error | undefined;

  /** Resolves when the stream has ended and the receiver knows. */
  get told(): Promise<void> {
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
    this.#told.resolve();
  }
}
