/** The masking key is 0, so that a payload is masked already (RFC 6455, section 5.3). */
const MASK_BYTES = 4;
const FINAL_BINARY = 0x82;
const MASKED = 0x80;
const CONTINUATION = 0;
const BINARY = 2;
const CLOSE = 8;

/** A binary frame of a client around each of the packets; returns the bytes of both. */
export function framed(packet: Uint8Array): Uint8Array {
  const { length } = packet;
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = new Uint8Array(2 + lengthBytes + MASK_BYTES + length);
  const view = new DataView(frame.buffer);
  frame[0] = FINAL_BINARY;
  frame[1] = MASKED | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) view.setUint16(2, length);
  if (lengthBytes === 8) view.setBigUint64(2, BigInt(length));
  frame.set(packet, frame.length - length);
  return frame;
}

/** Takes a server's frames off what was received, wherever the stream was cut. */
export class FrameRemover {
  /** Whether the server has sent a close frame. */
  closed = false;
  readonly #header = new Uint8Array(10);
  #headerLength = 0;
  #opcode = 0;
  #remaining = 0;

  /**
   * Leaves only the payload of data frames in `bytes` from `start` to `end`, moved to `start`;
   * returns where it ends.
   */
  remove(bytes: Uint8Array, start: number, end: number): number {
    let out = start;
    let position = start;
    while (position < end) {
      if (this.#remaining === 0) {
        this.#readHeader(bytes[position++]!);
        continue;
      }
      const count = Math.min(end - position, this.#remaining);
      if (this.#opcode === BINARY || this.#opcode === CONTINUATION) {
        bytes.copyWithin(out, position, position + count);
        out += count;
      }
      position += count;
      this.#remaining -= count;
    }
    return out;
  }

  #readHeader(byte: number): void {
    const header = this.#header;
    header[this.#headerLength++] = byte;
    if (this.#headerLength < 2) return;
    const short = header[1]! & 0x7f;
    const size = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (this.#headerLength < size) return;
    const view = new DataView(header.buffer);
    this.#remaining = size === 2
      ? short
      : size === 4
      ? view.getUint16(2)
      : Number(view.getBigUint64(2));
    this.#opcode = header[0]! & 0x0f;
    if (this.#opcode === CLOSE) this.closed = true;
    this.#headerLength = 0;
  }
}

/** The request for the upgrade, without a body. */
export function upgradeRequest(port: number, path: string): Uint8Array {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${btoa("tidemq load test")}`,
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Protocol: mqtt",
  ];
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
}

/**
 * Where the head of the server's answer ends in `bytes` up to `end`; undefined while it is not
 * complete. Throws when the server does not upgrade.
 */
export function upgradeAnswerEnd(bytes: Uint8Array, end: number): number | undefined {
  const text = LATIN1.decode(bytes.subarray(0, end));
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  if (!text.startsWith("HTTP/1.1 101")) throw new Error("the broker refused the WebSocket upgrade");
  return headEnd + 4;
}

const LATIN1 = new TextDecoder("latin1");
