import { SystemClock } from "../base/system_clock.ts";
import type { StopSignal, System } from "./system.ts";

/** The process that we run in. */
export function denoSystem(): System {
  return {
    env: Deno.env.toObject(),
    clock: new SystemClock(),
    readTextFile,
    stdout: (text) => writeAll(Deno.stdout, text),
    stderr: (text) => writeAll(Deno.stderr, text),
    onStopSignal,
    onUncaught,
    storageTools: async () => (await import("./level_storage_tools.ts")).levelStorageTools,
    exit: (code) => Deno.exit(code),
  };
}

async function readTextFile(path: string): Promise<string> {
  const bytes = await Deno.readFile(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("it is not UTF-8 text");
  }
}

function writeAll(output: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let left = new TextEncoder().encode(text);
  try {
    while (left.length > 0) left = left.subarray(output.writeSync(left));
  } catch {
    // Nobody reads it any more; serving goes on.
  }
}

function onStopSignal(handler: (signal: StopSignal) => void): Disposable {
  // Windows knows no SIGTERM.
  const signals: StopSignal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  const listeners = signals.map((signal) => [signal, () => handler(signal)] as const);
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  return {
    [Symbol.dispose]: () => {
      for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
    },
  };
}

function onUncaught(handler: (error: unknown) => void): Disposable {
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    handler(event.error);
  };
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    handler(event.reason);
  };
  globalThis.addEventListener("error", onError);
  globalThis.addEventListener("unhandledrejection", onRejection);
  return {
    [Symbol.dispose]: () => {
      globalThis.removeEventListener("error", onError);
      globalThis.removeEventListener("unhandledrejection", onRejection);
    },
  };
}
