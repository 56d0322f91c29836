import assert from "#assert";
import { READY_LINE } from "../../src/cli/banner.ts";
import type { ConfigInput } from "../../src/config/schema.ts";
import { type Ended, Program } from "./program.ts";

export const ROOT = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

/** Free ports for every listener. */
export const FREE_PORTS = {
  tcp_addr: "127.0.0.1:0",
  ws_addr: "127.0.0.1:0",
  http_addr: "127.0.0.1:0",
} as const;

/** The same for the command as a user types it; it does not touch the storage of the folder. */
export const FREE_PORTS_ENV: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(FREE_PORTS).map(([key, value]) => [
      `TIDEMQ_SERVER__${key.toUpperCase()}`,
      value,
    ]),
  ),
  TIDEMQ_STORAGE__TYPE: "memory",
};

/** A port that nobody listens on at the moment, for what has to be known before it is bound. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

export interface RealBrokerOptions {
  /** Over free ports on 127.0.0.1. */
  readonly config?: ConfigInput;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where a started broker listens, as its banner says. */
export interface Reached {
  readonly port: number;
  /** The URLs of the two WebSocket listeners: of `ws_addr` and of `http_addr`. */
  readonly webSockets: readonly string[];
  /** The URL before `/health` and `/ready`. */
  readonly http: string;
}

/** The command of the `start` task up to its arguments: `run`, its permissions, `main.ts start`. */
export async function startArguments(): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`));
  const words = (tasks.start as string).split(" ");
  return words.slice(words.indexOf("deno") + 1); // settings of the environment come before it
}

/** Waits for the banner of a broker that `program` starts, and reads it. */
export async function reachedBy(program: Program): Promise<Reached> {
  await program.line(new RegExp(`^${READY_LINE}$`));
  const banner = program.out.all.join("\n");
  const port = Number(/mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(banner)?.[1]);
  const webSockets = [...banner.matchAll(/ws:\/\/\S+/g)].map(([url]) => url);
  const http = /(http:\/\/\S+)\/health/.exec(banner)?.[1] ?? "";
  return { port, webSockets, http };
}

/** The broker as users run it, in a process of its own, with the permissions of the `start` task. */
export class RealBroker implements AsyncDisposable, Reached {
  readonly program: Program;
  readonly port: number;
  readonly webSockets: readonly string[];
  readonly http: string;
  readonly #folder: string;
  #stopped = false;

  private constructor(program: Program, reached: Reached, folder: string) {
    this.program = program;
    this.port = reached.port;
    this.webSockets = reached.webSockets;
    this.http = reached.http;
    this.#folder = folder;
  }

  static async start(options: RealBrokerOptions = {}): Promise<RealBroker> {
    const { config = {}, args = [], env = {} } = options;
    const folder = await Deno.makeTempDir();
    const file = `${folder}/tidemq.yaml`;
    // JSON is YAML too.
    const whole = {
      ...config,
      // The first start takes its time to make an admin.
      admin: { enabled: false, ...config.admin },
      server: { ...FREE_PORTS, ...config.server },
      storage: { leveldb: { dir: `${folder}/data` }, ...config.storage },
    };
    await Deno.writeTextFile(file, JSON.stringify(whole));
    const program = new Program(Deno.execPath(), {
      args: [...await startArguments(), "--config", file, ...args],
      cwd: ROOT,
      env,
    });
    try {
      return new RealBroker(program, await reachedBy(program), folder);
    } catch (error) {
      await program[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  /** `host:port` of the TCP listener. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** GET of `/health` or `/ready`. */
  async probe(path: "/health" | "/ready"): Promise<{ status: number; body: unknown }> {
    const response = await fetch(this.http + path);
    return { status: response.status, body: await response.json() };
  }

  /** Stops it as an operator does; it has to end in order and must not have logged a bug. */
  async stop(signal: "SIGTERM" | "SIGINT" = "SIGTERM"): Promise<Ended> {
    this.#stopped = true;
    this.program.signal(signal);
    const ended = await this.program.succeeds();
    assert.match(ended.err, /INFO {2}stopped\n$/);
    assert.doesNotMatch(ended.err, / ERROR /);
    return ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (!this.#stopped) await this.stop();
    } finally {
      await this.program[Symbol.asyncDispose]();
      await Deno.remove(this.#folder, { recursive: true });
    }
  }
}
