import { commandOutput } from "./command.ts";
import { LOAD_CORE } from "./cores.ts";

/** Throws where brokers and load cannot get a core each. */
export async function requirePinning(): Promise<void> {
  if (navigator.hardwareConcurrency < 2) throw new Error("Two cores are needed");
  await commandOutput("taskset", ["--version"]).catch(() => {
    throw new Error("taskset is needed. On Debian: apt-get install util-linux");
  });
}

/** Keeps this process, which makes the load, off the core of the broker. */
export async function moveToLoadCore(): Promise<void> {
  await requirePinning();
  await commandOutput("taskset", [
    "--all-tasks",
    "--cpu-list",
    "--pid",
    `${LOAD_CORE}`,
    `${Deno.pid}`,
  ]);
}
