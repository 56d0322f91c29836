import { PinnedProcess } from "../../support/pinned_process.ts";
import type { StartedBroker } from "./broker.ts";

/** Starts a server of MQTT over TCP that prints `port N` when it listens. */
export async function startOnItsPort(
  ...command: ConstructorParameters<typeof PinnedProcess>
): Promise<StartedBroker> {
  const process = new PinnedProcess(...command);
  try {
    const [, port] = await process.output(/^port (\d+)$/m);
    return {
      pid: process.pid,
      port: Number(port),
      webSocket: undefined,
      [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
    };
  } catch (error) {
    await process[Symbol.asyncDispose]();
    throw error;
  }
}
