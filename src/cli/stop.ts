import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { StopSignal, System } from "./system.ts";

/** Something that can be stopped in order. */
export interface RunningServer {
  close(): Promise<void>;
}

/** By convention of the shell: 128 and the number of the signal. */
const EXIT_CODE: Record<StopSignal, number> = { SIGINT: 130, SIGTERM: 143 };

/**
 * A process group gets a signal as a whole, and `deno task`, npm and shells then pass theirs on: the
 * broker has it twice. The same signal again within this time, in milliseconds, is that copy and no
 * second request.
 */
export const PASSED_ON_MS = 500;

/** Waits for the signal to stop. A second signal, from then on, ends the process at once. */
export class StopRequest implements Disposable {
  /** Resolves with the first signal. */
  readonly signal: Promise<StopSignal>;
  readonly #listening: Disposable;

  constructor(system: Pick<System, "onStopSignal" | "exit" | "clock">) {
    const { promise, resolve } = Promise.withResolvers<StopSignal>();
    this.signal = promise;
    let first: { readonly signal: StopSignal; readonly at: number } | undefined;
    this.#listening = system.onStopSignal((signal) => {
      const at = system.clock.now();
      if (first === undefined) {
        first = { signal, at };
        resolve(signal);
      } else if (signal !== first.signal || at - first.at >= PASSED_ON_MS) {
        system.exit(EXIT_CODE[signal]);
      }
    });
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }
}

/** Closes `server` within `timeoutMs`; resolves to the exit code. */
export async function stopServer(
  server: RunningServer,
  timeoutMs: number,
  logger: Logger,
  clock: Clock,
): Promise<number> {
  const { promise: timeout, resolve } = Promise.withResolvers<"timeout">();
  const timer = clock.after(timeoutMs, () => resolve("timeout"));
  try {
    if (await Promise.race([server.close(), timeout]) === "timeout") {
      logger.error("not stopped within server.shutdown_timeout: giving up", { timeoutMs });
      return 1;
    }
    logger.info("stopped");
    return 0;
  } catch (error) {
    const stack = error instanceof Error ? error.stack ?? error.message : String(error);
    logger.error("could not stop in order", { stack });
    return 1;
  } finally {
    timer.cancel();
  }
}
