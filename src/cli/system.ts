import type { Clock } from "../base/clock.ts";
import type { StorageTools } from "./storage_tools.ts";

/** The signals that ask the broker to stop. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** What the command line needs of the process it runs in. Given by `main.ts`, faked in tests. */
export interface System {
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** The text of a UTF-8 file; rejects when there is none. */
  readTextFile(path: string): Promise<string>;
  /** Writes at once and never throws: a closed pipe must not end the broker. */
  stdout(text: string): void;
  /** The same for standard error. */
  stderr(text: string): void;
  /** Calls `handler` for each stop signal, until disposed. */
  onStopSignal(handler: (signal: StopSignal) => void): Disposable;
  /** Calls `handler` for an error that nothing caught, until disposed. */
  onUncaught(handler: (error: unknown) => void): Disposable;
  /** What can be done to stored data while no broker does. Loaded when it is asked for. */
  storageTools(): Promise<StorageTools>;
  /** Ends the process. */
  exit(code: number): void;
}
