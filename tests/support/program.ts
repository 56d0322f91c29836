import assert from "#assert";

/** How long a test waits for a line or for the end of a program, in ms of real time. */
const PROGRAM_LIMIT_MS = 60_000;
/** How many lines of a program the message of a failed test shows. */
const SHOWN_LINES_MAX = 30;

export interface ProgramOptions {
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** Beside the environment of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gives the program an input to write to; otherwise it has none. */
  readonly input?: boolean;
  /**
   * A process group of its own, as a terminal gives one to each command: for what starts programs
   * itself, which `signalGroup` and the end of the test then reach too.
   */
  readonly group?: boolean;
}

export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly out: string;
  readonly err: string;
}

/** A program that runs beside the test. Ended at the latest when it is disposed of. */
export class Program implements AsyncDisposable {
  readonly name: string;
  readonly out: Lines;
  readonly err: Lines;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array> | undefined;
  readonly #group: boolean;
  #running = true;

  constructor(command: string, options: ProgramOptions = {}) {
    const { args = [], cwd, env, input = false, group = false } = options;
    this.name = command.slice(command.lastIndexOf("/") + 1);
    this.#child = new Deno.Command(command, {
      args: [...args],
      ...(cwd !== undefined && { cwd }),
      env: { NO_COLOR: "1", ...env },
      stdin: input ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
      detached: group,
    }).spawn();
    this.#group = group;
    this.#input = input ? this.#child.stdin.getWriter() : undefined;
    this.out = new Lines(this.#child.stdout);
    this.err = new Lines(this.#child.stderr);
    void this.#child.status.then(() => this.#running = false);
  }

  /** The next line of standard output that matches; each pattern has its own place in the output. */
  line(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#within(this.out.match(pattern), `a line like ${pattern}`);
  }

  /** Whether such a line comes before the program ends. */
  async outputs(pattern: RegExp): Promise<boolean> {
    const found = this.out.match(pattern).then(() => true, () => false);
    return await this.#within(found, `a line like ${pattern}, or its end`);
  }

  /** The next line of standard error that matches. */
  errorLine(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#within(this.err.match(pattern), `a line of errors like ${pattern}`);
  }

  async write(text: string): Promise<void> {
    await this.#input!.write(new TextEncoder().encode(text));
  }

  async closeInput(): Promise<void> {
    await this.#input!.close();
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Sends it to everything that the program has started too, as a terminal does for Ctrl+C. */
  signalGroup(signal: Deno.Signal): void {
    Deno.kill(-this.#child.pid, signal);
  }

  /** Waits until the program has ended and its output is read. */
  ended(): Promise<Ended> {
    return this.#within(this.#end(), "its end");
  }

  /** The program ends by itself, with exit code 0. */
  async succeeds(): Promise<Ended> {
    const ended = await this.ended();
    assert.equal(ended.code, 0, `${this.name} ended with ${ended.code}\n${this.#story()}`);
    return ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill();
    await this.#input?.close().catch(() => {});
    await this.ended();
  }

  #kill(): void {
    try {
      // What it has started may outlive it.
      if (this.#group) this.signalGroup("SIGKILL");
      else if (this.#running) this.signal("SIGKILL");
    } catch {
      // Nobody is left in the group.
    }
  }

  async #end(): Promise<Ended> {
    const { code, signal } = await this.#child.status;
    return { code, signal, out: await this.out.text(), err: await this.err.text() };
  }

  async #within<T>(promise: Promise<T>, what: string): Promise<T> {
    const limit = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      limit.reject(new Error(`${this.name}: waited for ${what} in vain\n${this.#story()}`));
    }, PROGRAM_LIMIT_MS);
    try {
      return await Promise.race([promise, limit.promise]);
    } catch (error) {
      throw error instanceof EndOfLines
        ? new Error(`${this.name} ended before ${what}\n${this.#story()}`)
        : error;
    } finally {
      clearTimeout(timer);
    }
  }

  #story(): string {
    return [...this.out.all.slice(-SHOWN_LINES_MAX), ...this.err.all.slice(-SHOWN_LINES_MAX)]
      .join("\n");
  }
}

class EndOfLines extends Error {}

/** What a program writes, line by line. */
class Lines {
  /** Every line so far. */
  readonly all: string[] = [];
  readonly #done: Promise<void>;
  #text = "";
  #ended = false;
  /** How many lines were looked at for each pattern. */
  readonly #places = new Map<string, number>();
  #more = Promise.withResolvers<void>();

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#done = this.#read(stream);
  }

  async match(pattern: RegExp): Promise<RegExpExecArray> {
    for (let place = this.#places.get(pattern.source) ?? 0;;) {
      while (place < this.all.length) {
        const match = pattern.exec(this.all[place++]!);
        this.#places.set(pattern.source, place);
        if (match !== null) return match;
      }
      if (this.#ended) throw new EndOfLines();
      await this.#more.promise;
    }
  }

  /** Everything, once the stream has ended. */
  async text(): Promise<string> {
    await this.#done;
    return this.#text;
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let start = 0;
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#text += text;
      for (let end; (end = this.#text.indexOf("\n", start)) >= 0; start = end + 1) {
        this.all.push(this.#text.slice(start, end));
      }
      this.#wake();
    }
    if (start < this.#text.length) this.all.push(this.#text.slice(start));
    this.#ended = true;
    this.#wake();
  }

  #wake(): void {
    this.#more.resolve();
    this.#more = Promise.withResolvers();
  }
}
