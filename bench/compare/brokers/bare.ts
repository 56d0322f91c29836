import type { Scenario } from "../../load/scenarios.ts";
import { ROOT, startArguments, startEnvironment } from "../../support/broker_process.ts";
import type { ComparedBroker, StartedBroker } from "./broker.ts";
import { startOnItsPort } from "./port_process.ts";

const SERVER = `${ROOT}bench/compare/bare_server.ts`;

/**
 * No broker, but what one can be at best on this runtime: reads, packet boundaries, copies and
 * writes. It keeps no state, so it takes part where none is needed.
 */
export class BareForwarder implements ComparedBroker {
  readonly name = "bare";
  readonly mayFail = true;

  prepare(): Promise<string> {
    return Promise.resolve(`forwarder on Deno ${Deno.version.deno}`);
  }

  plays({ qos, persistent, webSocket, measure }: Scenario): boolean {
    return qos < 2 && !persistent && !webSocket && measure !== "retainedSeconds";
  }

  async start(): Promise<StartedBroker> {
    const flags = (await startArguments()).filter((word) => word.startsWith("--v8-flags="));
    const args = ["run", ...flags, "--no-prompt", "--allow-net=127.0.0.1", SERVER];
    return await startOnItsPort(Deno.execPath(), args, { env: await startEnvironment() });
  }
}
