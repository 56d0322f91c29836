import { ROOT } from "../../support/broker_process.ts";
import type { ComparedBroker, StartedBroker } from "./broker.ts";
import { PinnedProcess } from "../../support/pinned_process.ts";

/** Where Debian puts it; /usr/sbin is not on everybody's PATH. */
export const DEBIAN_PATH = "/usr/sbin/mosquitto";

const READY_MS_MAX = 10_000;
const RETRY_MS = 20;

/**
 * In memory, with room for every window of the scenarios, and without the limit on queues that
 * would make it drop what the others deliver.
 */
function configuration(port: number): string {
  return [
    `listener ${port} 127.0.0.1`,
    "allow_anonymous true",
    "persistence false",
    "max_queued_messages 0",
    "max_inflight_messages 200",
    "log_type error",
    "",
  ].join("\n");
}

export class Mosquitto implements ComparedBroker {
  readonly name = "mosquitto";
  readonly mayFail = true;
  readonly #path: string;

  constructor(path: string = DEBIAN_PATH) {
    this.#path = path;
  }

  async prepare(): Promise<string> {
    try {
      // It has no flag for the version alone, and ends with an exit code of its own after help.
      const { stdout } = await new Deno.Command(this.#path, { args: ["-h"] }).output();
      return /version (\S+)/.exec(new TextDecoder().decode(stdout))?.[1] ?? "unknown";
    } catch {
      throw new Error(
        `There is no mosquitto at ${this.#path}. On Debian: apt-get install mosquitto (and ` +
          "systemctl disable --now mosquitto, if it shall not run as a service). Another one: " +
          "--mosquitto PATH",
      );
    }
  }

  async start(): Promise<StartedBroker> {
    const file = await Deno.makeTempFile({ dir: `${ROOT}bench/out`, suffix: ".conf" });
    const port = freePort();
    await Deno.writeTextFile(file, configuration(port));
    // Started by root it reads the file before it becomes another user.
    const process = new PinnedProcess(this.#path, ["-c", file]);
    try {
      await accepts(port, process);
    } catch (error) {
      await process[Symbol.asyncDispose]();
      throw error;
    } finally {
      await Deno.remove(file);
    }
    return {
      pid: process.pid,
      port,
      webSocket: undefined,
      [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
    };
  }
}

/** Nobody listens on it at the moment. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function accepts(port: number, process: PinnedProcess): Promise<void> {
  const deadline = performance.now() + READY_MS_MAX;
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      if (process.ended) throw await process.failure();
      if (performance.now() > deadline) throw new Error("mosquitto does not listen");
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
