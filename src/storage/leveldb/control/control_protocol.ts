/**
 * How a command talks to the broker that has a directory in use: over a socket in it. The command
 * sends one line of JSON, {@linkcode ControlRequest}; the broker answers with one,
 * {@linkcode ControlReply}, and behind an `ok` with what was asked for, until it closes.
 */

/** The version of this protocol; a broker answers no other. */
export const CONTROL_VERSION = 1;

export const CONTROL_SOCKET = "control.sock";

/** Of a line, with its end. */
export const CONTROL_LINE_SIZE_MAX = 4096;

export interface ControlRequest {
  readonly control: number;
  /** `backup`: the bytes of a backup follow the answer. */
  readonly command: "backup";
}

export type ControlReply =
  | { readonly ok: true }
  /** `error` is for the person who asked. */
  | { readonly ok: false; readonly error: string };

const NEWLINE = 10;

export function encodeLine(value: ControlRequest | ControlReply): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}

/** Reads from a connection up to the end of the first line; what came behind it is kept. */
export class LineReader {
  readonly #buffer = new Uint8Array(CONTROL_LINE_SIZE_MAX);

  /** Undefined: the connection ended, or the line is too long. */
  async read(
    connection: { read(buffer: Uint8Array): Promise<number | null> },
  ): Promise<{ line: string; rest: Uint8Array } | undefined> {
    for (let length = 0; length < this.#buffer.length;) {
      const count = await connection.read(this.#buffer.subarray(length));
      if (count === null) return undefined;
      const end = this.#buffer.subarray(0, length + count).indexOf(NEWLINE, length);
      length += count;
      if (end === -1) continue;
      const line = new TextDecoder().decode(this.#buffer.subarray(0, end));
      return { line, rest: this.#buffer.slice(end + 1, length) };
    }
    return undefined;
  }
}

/** Undefined: it is no JSON object. */
export function decodeLine(line: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
