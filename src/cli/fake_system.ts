import { FakeClock } from "../base/fake_clock.ts";
import type { StorageTools } from "./storage_tools.ts";
import type { StopSignal, System } from "./system.ts";

/** A process for tests: collects what is written, and does what the test says. */
export class FakeSystem implements System {
  env: Record<string, string> = {};
  readonly clock = new FakeClock();
  readonly files = new Map<string, string>();
  out = "";
  err = "";
  readonly exits: number[] = [];
  readonly signalHandlers = new Set<(signal: StopSignal) => void>();
  readonly uncaughtHandlers = new Set<(error: unknown) => void>();

  readonly readTextFile = (path: string): Promise<string> => {
    const text = this.files.get(path);
    if (text !== undefined) return Promise.resolve(text);
    return Promise.reject(Object.assign(new Error("x"), { code: "ENOENT" }));
  };

  readonly stdout = (text: string): void => void (this.out += text);
  readonly stderr = (text: string): void => void (this.err += text);
  readonly exit = (code: number): void => void this.exits.push(code);

  onStopSignal(handler: (signal: StopSignal) => void): Disposable {
    this.signalHandlers.add(handler);
    return { [Symbol.dispose]: () => void this.signalHandlers.delete(handler) };
  }

  onUncaught(handler: (error: unknown) => void): Disposable {
    this.uncaughtHandlers.add(handler);
    return { [Symbol.dispose]: () => void this.uncaughtHandlers.delete(handler) };
  }

  /** Set by tests that need them. */
  tools: StorageTools | undefined;

  storageTools(): Promise<StorageTools> {
    return this.tools === undefined
      ? Promise.reject(new Error("no tools"))
      : Promise.resolve(this.tools);
  }

  signal(signal: StopSignal): void {
    for (const handler of this.signalHandlers) handler(signal);
  }
}
