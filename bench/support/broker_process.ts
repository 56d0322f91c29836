import { READY_LINE } from "../../src/cli/banner.ts";

/** Ends with a slash. */
export const ROOT = new URL("../../", import.meta.url).pathname;

/** A broker in a process of its own, on free ports. */
export interface BrokerProcess extends AsyncDisposable {
  /** From the start of the process until it was ready. */
  readonly readyMs: number;
  /** Of the TCP listener. */
  readonly port: number;
  /** Memory that it holds now. */
  residentBytes(): Promise<number>;
}

/** What the `start` task sets in the environment. */
export async function startEnvironment(): Promise<Record<string, string>> {
  const settings = (await startTask()).filter((word) => SETTING.test(word));
  return Object.fromEntries(settings.map((word) => word.split("=", 2)));
}

/** The command of the `start` task up to its arguments: `run`, its permissions, `main.ts start`. */
export async function startArguments(): Promise<string[]> {
  const words = await startTask();
  return words.slice(words.indexOf("deno") + 1);
}

/** A variable of the environment, before the command. */
const SETTING = /^[A-Z_]+=/;

async function startTask(): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  return tasks.start.split(" ");
}

/** Starts `main.ts` with the permissions of the `start` task and waits until it is ready. */
export async function startBroker(args: readonly string[]): Promise<BrokerProcess> {
  const ports = ["tcp", "ws", "http"].flatMap((name) => [
    "--set",
    `server.${name}_addr=127.0.0.1:0`,
  ]);
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...await startArguments(), ...ports, ...args],
    env: await startEnvironment(),
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let banner = "";
  while (!banner.endsWith(`\n${READY_LINE}\n`)) {
    const { value, done } = await reader.read();
    if (done) throw new Error("the broker ended before it was ready");
    banner += value;
  }
  const readyMs = performance.now() - started;
  return {
    readyMs,
    port: Number(/mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(banner)?.[1]),
    residentBytes: () => residentBytes(child.pid),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      while (!(await reader.read()).done);
      await child.status;
    },
  };
}

async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", `${pid}`] })
    .output();
  return Number(new TextDecoder().decode(stdout)) * 1024;
}
