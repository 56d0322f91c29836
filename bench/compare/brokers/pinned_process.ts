import { BROKER_CORE } from "./broker.ts";

const KILL_AFTER_MS = 10_000;

/** A broker's process on its core. `taskset` becomes the program, so the pid is the broker's. */
export class PinnedProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #command: string;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #ended = false;
  #output = "";

  constructor(command: string, args: readonly string[], cwd?: string) {
    this.#command = command;
    this.#child = new Deno.Command("taskset", {
      args: ["--cpu-list", `${BROKER_CORE}`, command, ...args],
      ...(cwd !== undefined && { cwd }),
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
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
      if (done) throw new Error(`${this.#command} ended before it was ready`);
      this.#output += value;
    }
  }

  /** SIGTERM, and SIGKILL when that does not help. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), KILL_AFTER_MS);
    while (!(await this.#reader.read()).done);
    await this.#child.status;
    clearTimeout(timer);
  }
}
