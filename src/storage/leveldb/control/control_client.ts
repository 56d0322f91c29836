import { writeAll } from "../mend/files.ts";
import {
  CONTROL_SOCKET,
  CONTROL_VERSION,
  decodeLine,
  encodeLine,
  LineReader,
} from "./control_protocol.ts";

/** Bytes that are read at a time. */
const READ_SIZE = 256 * 1024;

/** The broker did not do what it was asked; the message is for the person who asked. */
export class ControlError extends Error {
  override name = "ControlError";
}

/**
 * Asks the broker that uses `directory` for a backup, and hands its bytes to `take` as they come.
 * Whether they are complete, they say themselves. Resolves to false when no broker is running there.
 */
export async function requestBackup(
  directory: string,
  take: (bytes: Uint8Array) => Promise<void>,
): Promise<boolean> {
  const connection = await connect(directory);
  if (connection === undefined) return false;
  using opened = connection;
  await writeAll(opened, encodeLine({ control: CONTROL_VERSION, command: "backup" }));
  const answer = await new LineReader().read(opened);
  if (answer === undefined) throw new ControlError("the broker gave no answer");
  const { ok, error } = decodeLine(answer.line) ?? {};
  if (ok !== true) throw new ControlError(`the broker makes no backup: ${error}`);
  await take(answer.rest);
  const buffer = new Uint8Array(READ_SIZE);
  for (let count; (count = await opened.read(buffer)) !== null;) {
    await take(buffer.subarray(0, count));
  }
  return true;
}

/** Undefined: there is no socket, or one that a crash left. */
async function connect(directory: string): Promise<Deno.UnixConn | undefined> {
  const path = `${directory}/${CONTROL_SOCKET}`;
  const { NotFound, ConnectionRefused } = Deno.errors;
  try {
    // Where no broker is running, no permission for a socket is needed.
    await Deno.lstat(path);
    return await Deno.connect({ transport: "unix", path });
  } catch (error) {
    if (error instanceof NotFound || error instanceof ConnectionRefused) return undefined;
    throw new ControlError(`cannot ask the broker: ${(error as Error).message}`, { cause: error });
  }
}
