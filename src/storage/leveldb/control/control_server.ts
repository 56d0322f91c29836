import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/log.ts";
import { writeAll } from "../mend/files.ts";
import {
  chunkHeader,
  CONTROL_LINE_SIZE_MAX,
  CONTROL_SOCKET,
  CONTROL_VERSION,
  type ControlReply,
  decodeLine,
  encodeLine,
} from "./control_protocol.ts";
import { ControlReader } from "./control_reader.ts";

/** Commands that are served at the same time; more are closed. */
const CONNECTIONS_MAX = 4;

/** How long, in milliseconds, a command may take to say what it wants, and to take what it gets. */
const PATIENCE_MS = 30_000;

/** Folder in which the socket is made: nobody else can get at it before its mode is set. */
const BIRTHPLACE = ".control";

/**
 * What the broker does for a command: it hands the answer to `write`. The message of an error is for
 * the person who gave the command.
 */
export interface ControlHandler {
  backup(write: (bytes: Uint8Array) => Promise<void>): Promise<void>;
}

export interface ControlServerOptions {
  /** Whose lock we hold: a socket that is there already is one that a crash left. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly handler: ControlHandler;
}

/** Serves commands over a socket in the directory that only the owner of the broker can open. */
export class ControlServer implements AsyncDisposable {
  readonly #options: ControlServerOptions;
  readonly #listener: Deno.UnixListener;
  readonly #connections = new Map<Deno.Conn, Promise<void>>();
  readonly #accepting: Promise<void>;

  private constructor(options: ControlServerOptions, listener: Deno.UnixListener) {
    this.#options = options;
    this.#listener = listener;
    this.#accepting = this.#accept();
  }

  /** Rejects when the operating system has no socket for us: for a path that is too long, say. */
  static async listen(options: ControlServerOptions): Promise<ControlServer> {
    const birthplace = `${options.directory}/${BIRTHPLACE}`;
    await remove(birthplace);
    await Deno.mkdir(birthplace, { mode: 0o700 });
    try {
      const path = `${birthplace}/s`;
      const listener = Deno.listen({ transport: "unix", path });
      try {
        await Deno.chmod(path, 0o600);
        await Deno.rename(path, `${options.directory}/${CONTROL_SOCKET}`);
      } catch (error) {
        listener.close();
        throw error;
      }
      return new ControlServer(options, listener);
    } finally {
      await remove(birthplace);
    }
  }

  /** Ends what is being served. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#removeSocket();
    this.#listener.close();
    await this.#accepting;
    for (const connection of this.#connections.keys()) close(connection);
    await Promise.all(this.#connections.values());
  }

  /** One that stays is like one that a crash leaves: the next broker takes its place. */
  async #removeSocket(): Promise<void> {
    try {
      await remove(`${this.#options.directory}/${CONTROL_SOCKET}`);
    } catch (error) {
      this.#options.log.warn("cannot remove the control socket", { error: String(error) });
    }
  }

  async #accept(): Promise<void> {
    try {
      for await (const connection of this.#listener) {
        if (this.#connections.size >= CONNECTIONS_MAX) {
          connection.close();
          continue;
        }
        const served = this.#serve(connection).finally(() => this.#connections.delete(connection));
        this.#connections.set(connection, served);
      }
    } catch (error) {
      this.#options.log.error("control socket failed", { error: String(error) });
    }
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    const { log } = this.#options;
    try {
      await this.#answer(connection);
    } catch (error) {
      log.warn("a command was not served to its end", { error: String(error) });
    } finally {
      close(connection);
    }
  }

  async #answer(connection: Deno.Conn): Promise<void> {
    const { log, handler } = this.#options;
    const reader = new ControlReader((buffer) => connection.read(buffer));
    const line = await this.#patiently(connection, reader.line());
    const { control, command } = decodeLine(line ?? "") ?? {};
    const write = (bytes: Uint8Array) => {
      return this.#patiently(connection, writeAll(connection, bytes));
    };
    const refusal = refusalOf(control, command);
    if (refusal !== undefined) return await write(encodeLine(refusal));
    await write(encodeLine({ ok: true }));
    log.info("backup begins");
    try {
      await handler.backup(async (bytes) => {
        await write(chunkHeader(bytes.length));
        await write(bytes);
      });
    } catch (error) {
      await write(chunkHeader(0));
      await write(encodeLine({ ok: false, error: firstOf((error as Error).message) }));
      throw error;
    }
    await write(chunkHeader(0));
    await write(encodeLine({ ok: true }));
    log.info("backup is complete");
  }

  /** Closes the connection when `step` takes too long. */
  async #patiently<T>(connection: Deno.Conn, step: Promise<T>): Promise<T> {
    const timer = this.#options.clock.after(PATIENCE_MS, () => close(connection));
    try {
      return await step;
    } finally {
      timer.cancel();
    }
  }
}

/** As much of a text as fits into a line, whatever it has to be escaped to. */
function firstOf(text: string): string {
  return text.slice(0, CONTROL_LINE_SIZE_MAX / 8);
}

function refusalOf(control: unknown, command: unknown): ControlReply | undefined {
  if (control !== CONTROL_VERSION) {
    const error = `the broker speaks version ${CONTROL_VERSION} of the control protocol, the ` +
      "command another one: use the same version of TideMQ for both";
    return { ok: false, error };
  }
  if (command !== "backup") return { ok: false, error: "the broker does not know this command" };
  return undefined;
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed before.
  }
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
