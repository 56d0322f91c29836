import { BROKER_CORE } from "./cores.ts";

const KILL_AFTER_MS = 10_000;
/** Of what it has logged last, in characters. */
const LOG_TAIL_MAX = 2_000;

/** A broker's process on its core. `taskset` becomes the program, so the pid is the broker's. */
export class PinnedProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #command: string;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #logged: Promise<void>;
  #ended = false;
  #output = "";
  #log = "";

  constructor(
    command: string,
    args: readonly string[],
    { cwd, env }: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
  ) {
    this.#command = command;
    this.#child = new Deno.Command("taskset", {
      args: ["--cpu-list", `${BROKER_CORE}`, command, ...args],
      ...(cwd !== undefined && { cwd }),
      ...(env !== undefined && { env }),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#logged = this.#readLog();
    void this.#child.status.then(() => this.#ended = true);
  }

  get pid(): number {
    return this.#child.pid;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Waits until the output so far matches; returns the match. */
  async output(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      const { value, done } = await this.#reader.read();
      if (done) throw await this.failure();
      this.#output += value;
    }
  }

  /** That it has ended too early, and what it said last. */
  async failure(): Promise<Error> {
    await this.#logged;
    return new Error(`${this.#command} ended before it was ready\n${this.#log.trim()}`);
  }

  /** SIGTERM, and SIGKILL when that does not help. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), KILL_AFTER_MS);
    while (!(await this.#reader.read()).done);
    await this.#child.status;
    await this.#logged;
    clearTimeout(timer);
  }

  /** A pipe that nobody reads would stop it. */
  async #readLog(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#log = (this.#log + text).slice(-LOG_TAIL_MAX);
    }
  }
}
