/**
 * How a command talks to the broker that has a directory in use: over a socket in it. The command
 * sends one line of JSON, {@linkcode ControlRequest}; the broker answers with one,
 * {@linkcode ControlReply}. Behind an `ok` comes what was asked for, in chunks with their length in
 * front (4 bytes, the highest first), then a chunk of no length, and one more `ControlReply`: whether
 * that was all, or why there is no more.
 */

/** The version of this protocol; a broker answers no other. */
export const CONTROL_VERSION = 2;

export const CONTROL_SOCKET = "control.sock";

/** Of a line, with its end. */
export const CONTROL_LINE_SIZE_MAX = 4096;

/** In front of a chunk. */
export const CHUNK_HEADER_SIZE = 4;

export interface ControlRequest {
  readonly control: number;
  /** `backup`: the bytes of a backup follow the answer. */
  readonly command: "backup";
}

export type ControlReply =
  | { readonly ok: true }
  /** `error` is for the person who asked. */
  | { readonly ok: false; readonly error: string };

export function encodeLine(value: ControlRequest | ControlReply): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
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

/** What stands in front of a chunk of `length` bytes. */
export function chunkHeader(length: number): Uint8Array {
  const header = new Uint8Array(CHUNK_HEADER_SIZE);
  new DataView(header.buffer).setUint32(0, length);
  return header;
}
