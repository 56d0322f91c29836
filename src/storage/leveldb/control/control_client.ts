import type { Clock } from "../../../base/clock.ts";
import { writeAll } from "../mend/files.ts";
import { CONTROL_SOCKET, CONTROL_VERSION, decodeLine, encodeLine } from "./control_protocol.ts";
import { ControlReader } from "./control_reader.ts";

/** How long, in milliseconds, the broker may send nothing. */
const SILENCE_MAX_MS = 30_000;

/** The broker did not do what it was asked; the message is for the person who asked. */
export class ControlError extends Error {
  override name = "ControlError";
}

/**
 * Asks the broker that uses `directory` for a backup, and hands its bytes to `take` as they come.
 * Resolves to true when those were all, to false when no broker is running there; rejects with
 * {@linkcode ControlError} and the broker's reason when it sends no more.
 */
export async function requestBackup(
  directory: string,
  take: (bytes: Uint8Array) => Promise<void>,
  clock: Clock,
): Promise<boolean> {
  const connection = await connect(directory);
  if (connection === undefined) return false;
  using answering = new Answering(connection, clock);
  await writeAll(connection, encodeLine({ control: CONTROL_VERSION, command: "backup" }));
  const reader = new ControlReader((buffer) => answering.read(buffer));
  requireOk(await reader.line());
  for (let length; (length = await reader.chunkLength() ?? ended()) > 0;) {
    for (let left = length; left > 0;) {
      const bytes = await reader.some(left) ?? ended();
      await take(bytes);
      left -= bytes.length;
    }
  }
  requireOk(await reader.line());
  return true;
}

function requireOk(line: string | undefined): void {
  const { ok, error } = decodeLine(line ?? ended()) ?? {};
  if (ok !== true) throw new ControlError(`the broker makes no backup: ${error}`);
}

function ended(): never {
  throw new ControlError("the broker ended the connection before the backup was complete");
}

/** A connection to a broker that is not waited for without end. */
class Answering implements Disposable {
  readonly #connection: Deno.UnixConn;
  readonly #clock: Clock;
  #closed = false;

  constructor(connection: Deno.UnixConn, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    const timer = this.#clock.after(SILENCE_MAX_MS, () => this[Symbol.dispose]());
    try {
      const count = await this.#connection.read(buffer);
      if (!this.#closed) return count;
    } catch (error) {
      if (!this.#closed) throw new ControlError(`the broker is gone: ${(error as Error).message}`);
    } finally {
      timer.cancel();
    }
    const seconds = SILENCE_MAX_MS / 1000;
    throw new ControlError(`the broker has sent nothing for ${seconds} seconds: is it stopped?`);
  }

  [Symbol.dispose](): void {
    if (!this.#closed) this.#connection.close();
    this.#closed = true;
  }
}

/** Undefined: there is no socket, or one that a crash left. */
async function connect(directory: string): Promise<Deno.UnixConn | undefined> {
  const path = `${directory}/${CONTROL_SOCKET}`;
  const { NotFound, NotADirectory, ConnectionRefused } = Deno.errors;
  try {
    // Where no broker is running, no permission for a socket is needed.
    await Deno.lstat(path);
    return await Deno.connect({ transport: "unix", path });
  } catch (error) {
    const nobody = [NotFound, NotADirectory, ConnectionRefused];
    if (nobody.some((kind) => error instanceof kind)) return undefined;
    throw new ControlError(`cannot ask the broker: ${(error as Error).message}`, { cause: error });
  }
}
