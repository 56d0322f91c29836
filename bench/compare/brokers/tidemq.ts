import {
  brokerVersion,
  requireDataFolder,
  startMeasuredBroker,
} from "../../support/measured_broker.ts";
import type { ComparedBroker, StartedBroker, StartOptions } from "./broker.ts";

/** The broker of this project as its `start` task runs it, with LevelDB on a disk. */
export class TideMq implements ComparedBroker {
  readonly name = "tidemq";
  readonly mayFail = false;

  async prepare(): Promise<string> {
    await requireDataFolder();
    return await brokerVersion();
  }

  async start({ durable }: StartOptions): Promise<StartedBroker> {
    return await startMeasuredBroker(durable ? { "storage.sync": "always" } : {});
  }
}
