import type { ConfigInput } from "../../src/config/schema.ts";
import { type Ended, Program } from "../support/program.ts";
import { FREE_PORTS, reachedBy, startArguments } from "../support/real_broker.ts";

const ROOT = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

export interface BrokerLifeOptions {
  /** Where the configuration is written. */
  readonly folder: string;
  readonly storage: NonNullable<ConfigInput["storage"]>;
  readonly env?: Readonly<Record<string, string>>;
}

/** No queue of a test ever fills. */
const SESSION = {
  max_offline_queue_size: 5_000_000,
  max_offline_queue_bytes: "8GiB",
} as const;

/** The broker as users run it, from one start to one end; what it stores is left behind. */
export class BrokerLife {
  readonly #program: Program;
  #dead = false;
  #http = "";

  private constructor(program: Program) {
    this.#program = program;
  }

  /** Starts the command. It listens when {@linkcode ready} says so. */
  static async start({ folder, storage, env = {} }: BrokerLifeOptions): Promise<BrokerLife> {
    const file = `${folder}/tidemq.yaml`;
    const server = { ...FREE_PORTS, ws_enabled: false };
    await Deno.writeTextFile(file, JSON.stringify({ server, session: SESSION, storage }));
    return new BrokerLife(
      new Program(Deno.execPath(), {
        args: [...await startArguments(), "--config", file],
        cwd: ROOT,
        env,
      }),
    );
  }

  /** Waits until it listens; the port for MQTT. */
  async ready(): Promise<number> {
    const { port, http } = await reachedBy(this.#program);
    this.#http = http;
    return port;
  }

  /** What `/ready` says. */
  async readiness(): Promise<{ ready: boolean; store: string }> {
    const response = await fetch(`${this.#http}/ready`);
    const { details } = await response.json();
    return { ready: response.status === 200, store: details.store };
  }

  /** Waits for the end of a broker that ends by itself. */
  async ended(): Promise<Ended> {
    this.#dead = true;
    return await this.#program.ended();
  }

  /** It was killed, or is about to be. */
  get dead(): boolean {
    return this.#dead;
  }

  /** SIGKILL; returns what it has said. */
  async kill(): Promise<Ended> {
    this.#dead = true;
    this.#program.signal("SIGKILL");
    return await this.#program.ended();
  }

  /** Stops it in order. */
  async stop(): Promise<Ended> {
    this.#dead = true;
    this.#program.signal("SIGTERM");
    return await this.#program.succeeds();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
