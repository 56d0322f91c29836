import type { Scenario } from "../../load/scenarios.ts";

/** What a scenario asks of the start of a broker. */
export interface StartOptions {
  /** What is acknowledged has to be on the disk, where a broker can do that. */
  readonly durable: boolean;
}

/** A broker that can be compared. */
export interface ComparedBroker {
  /** In the table and in `--brokers`. */
  readonly name: string;
  /** Whether it is measured again when it has lost something. */
  readonly mayFail: boolean;
  /** Of the program that is started. Throws, saying how to install it, when it is missing. */
  prepare(): Promise<string>;
  /** Whether it can be measured in a scenario; not defined: in each. */
  plays?(scenario: Scenario): boolean;
  start(options: StartOptions): Promise<StartedBroker>;
}

/** One process of it, ready, pinned to its core. */
export interface StartedBroker extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  /** Undefined for a broker whose WebSocket listener is not compared. */
  readonly webSocket: { readonly port: number; readonly path: string } | undefined;
}
