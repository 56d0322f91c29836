import assert from "#assert";
import { Program } from "./program.ts";
import { FREE_PORTS_ENV, type Reached, reachedBy, ROOT, startArguments } from "./real_broker.ts";

/** A folder with a storage directory in it, and the command as a user runs it there. */
export class DataFolder implements AsyncDisposable {
  readonly path: string;
  /** The storage directory. */
  readonly data: string;

  private constructor(path: string) {
    this.path = path;
    this.data = `${path}/data`;
  }

  static async make(): Promise<DataFolder> {
    return new DataFolder(await Deno.makeTempDir({ prefix: "tidemq-data-" }));
  }

  /** Starts a broker on the directory. */
  async start(): Promise<StartedBroker> {
    const program = await this.#program(["start"]);
    try {
      return new StartedBroker(program, await reachedBy(program));
    } catch (error) {
      await program[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs a command to its end. */
  async run(...args: string[]) {
    await using program = await this.#program(args);
    return await program.ended();
  }

  /** The same for one that has to end with exit code 0. */
  async succeed(...args: string[]): Promise<string> {
    const { code, out, err } = await this.run(...args);
    assert.equal(code, 0, `tidemq ${args.join(" ")}: ${out}${err}`);
    return out;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }

  async #program(args: readonly string[]): Promise<Program> {
    const start = await startArguments();
    const command = start.slice(0, -2);
    return new Program(Deno.execPath(), {
      args: [...command, `--config=${ROOT}/deno.json`, `${ROOT}/main.ts`, ...args],
      cwd: this.path,
      env: {
        ...FREE_PORTS_ENV,
        TIDEMQ_STORAGE__TYPE: "leveldb",
        // Its messages are retained ones too.
        TIDEMQ_BROKER__SYS_INTERVAL: "0",
      },
    });
  }
}

export class StartedBroker implements AsyncDisposable {
  readonly program: Program;
  readonly reached: Reached;

  constructor(program: Program, reached: Reached) {
    this.program = program;
    this.reached = reached;
  }

  get address(): string {
    return `127.0.0.1:${this.reached.port}`;
  }

  /** What `/ready` says of the store. */
  async storeDetail(): Promise<string> {
    const response = await fetch(`${this.reached.http}/ready`);
    const { details } = await response.json();
    return details.store;
  }

  async stop(): Promise<void> {
    this.program.signal("SIGTERM");
    await this.program.succeeds();
  }

  async kill(): Promise<void> {
    this.program.signal("SIGKILL");
    await this.program.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
  }
}
