/**
 * The frames of a WebSocket (RFC 6455, section 5), as a server reads and writes them.
 *
 * | state   | what comes                                                 | then                         |
 * | ------- | ---------------------------------------------------------- | ---------------------------- |
 * | header  | a part of one                                              | header; the part is kept     |
 * | header  | a reserved bit or opcode, no mask, a length above 63 bits  | ended: 1002                  |
 * | header  | a text frame [MQTT-6.0.0-1]                                | ended: 1003                  |
 * | header  | a binary frame inside a message, a continuation outside    | ended: 1002                  |
 * | header  | a control frame that is no final one, or above 125 bytes   | ended: 1002                  |
 * | header  | a data frame that makes its message longer than the limit  | ended: 1009                  |
 * | header  | a data frame                                               | data                         |
 * | header  | a ping, pong or close                                      | control                      |
 * | data    | payload                                                    | data; header after the last  |
 * | control | a part of the payload                                      | control; the part is kept    |
 * | control | the rest of a ping                                         | header; the ping is told     |
 * | control | the rest of a pong                                         | header                       |
 * | control | the rest of a close frame                                  | ended: its own code          |
 * | control | the same, of one byte or with a code that is never sent    | ended: 1002                  |
 * | control | the same, with a reason that is not UTF-8                  | ended: 1007                  |
 * | ended   | anything                                                   | ended; it is not looked at   |
 *
 * A length that takes more bytes than it needs is accepted, because it harms nobody and small
 * clients send it.
 */

/** Close codes (RFC 6455, section 7.4.1). */
export const CloseCode = {
  Normal: 1000,
  ProtocolError: 1002,
  UnsupportedData: 1003,
  InvalidPayload: 1007,
  TooBig: 1009,
} as const;

/** Why no more frames follow. */
export interface FramesEnd {
  /** What our close frame says; undefined when the peer's said nothing either. */
  readonly code: number | undefined;
  /** What the peer did wrong; undefined when it sent a close frame. */
  readonly violation: Error | undefined;
}

const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const FINAL = 0x80;
const MASKED = 0x80;
const RESERVED_BITS = 0x70;
/** Opcodes from here on are those of control frames. */
const CONTROL = 8;
const CONTROL_BYTES_MAX = 125;
/** Lengths that stand for a length of 16 and of 64 bits. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MASK_BYTES = 4;
/** From here on `copyWithin` is faster than a loop, where the mask changes nothing. */
const COPY_BYTES_MIN = 128;
/** The longest header: flags, length, a length of 64 bits, mask. */
const HEADER_BYTES_MAX = 14;

/** Takes the payload out of the frames of one peer, wherever its bytes are cut. */
export class FrameReader {
  readonly #messageBytesMax: number;
  readonly #onPing: (payload: Uint8Array) => void;
  #state: "header" | "data" | "control" | "ended" = "header";
  #end: FramesEnd | undefined;
  /** The beginning of a header that was cut. */
  #cut: Uint8Array<ArrayBuffer> | undefined;
  #cutLength = 0;
  #opcode = 0;
  /** Bytes of the present frame's payload that are still to come. */
  #remaining = 0;
  /** For the next byte of the payload, in the order of the bytes: the first is the lowest. */
  #mask = 0;
  #control = new Uint8Array(0);
  /** Between the first frame of a message and its final one. */
  #inMessage = false;
  #messageBytes = 0;

  /** `messageBytesMax` bounds a message; `onPing` gets the payload of each ping, to keep. */
  constructor(messageBytesMax: number, onPing: (payload: Uint8Array) => void) {
    this.#messageBytesMax = messageBytesMax;
    this.#onPing = onPing;
  }

  /** Set once no more frames follow. */
  get end(): FramesEnd | undefined {
    return this.#end;
  }

  /**
   * Returns the payload of the data frames in `bytes`, the next that came, as one part of `bytes`,
   * which is written over. It may be empty. Never throws.
   */
  unwrap(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let [start, end] = [0, 0];
    let position = 0;
    while (position < bytes.length && this.#state !== "ended") {
      if (this.#state === "header") {
        position = this.#readHeader(bytes, view, position);
        continue;
      }
      const next = Math.min(position + this.#remaining, bytes.length);
      this.#remaining -= next - position;
      if (this.#state === "control") {
        this.#readControl(view, position, next);
      } else {
        // What follows the first header need not be moved.
        if (end === 0) start = end = position;
        if (this.#mask === 0 && next - position >= COPY_BYTES_MIN) {
          bytes.copyWithin(end, position, next);
        } else {
          unmask(view, position, next, end, this.#mask);
        }
        end += next - position;
        if (this.#remaining === 0) this.#state = "header";
        else this.#mask = turned(this.#mask, next - position);
      }
      position = next;
    }
    return bytes.subarray(start, end);
  }

  /** Returns where the header ends. */
  #readHeader(bytes: Uint8Array, view: DataView, position: number): number {
    if (this.#cutLength > 0) return this.#completeHeader(bytes, position);
    const rest = bytes.length - position;
    const length = rest < 2 ? HEADER_BYTES_MAX : headerLength(bytes[position + 1]!);
    if (rest >= length) {
      this.#begin(view, position);
      return position + length;
    }
    this.#cut ??= new Uint8Array(HEADER_BYTES_MAX);
    this.#cut.set(bytes.subarray(position));
    this.#cutLength = rest;
    return bytes.length;
  }

  #completeHeader(bytes: Uint8Array, position: number): number {
    const cut = this.#cut!;
    let next = position;
    while (next < bytes.length) {
      cut[this.#cutLength++] = bytes[next++]!;
      if (this.#cutLength < 2 || this.#cutLength < headerLength(cut[1]!)) continue;
      this.#cutLength = 0;
      this.#begin(new DataView(cut.buffer), 0);
      break;
    }
    return next;
  }

  /** A frame begins, with the whole header at `position`. */
  #begin(view: DataView, position: number): void {
    const flags = view.getUint8(position);
    const second = view.getUint8(position + 1);
    const opcode = flags & 0x0f;
    const final = (flags & FINAL) !== 0;
    if ((flags & RESERVED_BITS) !== 0) return this.#fail("set a reserved bit");
    if ((second & MASKED) === 0) return this.#fail("sent a frame without a mask");
    let length = second & ~MASKED;
    if (length === LENGTH_16) length = view.getUint16(position + 2);
    else if (length === LENGTH_64) {
      const high = view.getUint32(position + 2);
      if (high > 0x7fff_ffff) return this.#fail("sent a length of more than 63 bits");
      length = high * 2 ** 32 + view.getUint32(position + 6);
    }
    this.#opcode = opcode;
    this.#remaining = length;
    this.#mask = view.getInt32(position + headerLength(second) - MASK_BYTES, true);
    if (opcode >= CONTROL) this.#beginControl(opcode, final, length);
    else this.#beginData(opcode, final, length);
  }

  #beginData(opcode: number, final: boolean, length: number): void {
    if (opcode === OPCODE.text) {
      return this.#fail("sent a text frame", CloseCode.UnsupportedData);
    }
    if (opcode !== OPCODE.binary && opcode !== OPCODE.continuation) {
      return this.#fail(`sent a frame of the unknown type ${opcode}`);
    }
    if (this.#inMessage !== (opcode === OPCODE.continuation)) {
      return this.#fail("sent a frame of another message, or of none");
    }
    this.#messageBytes += length;
    if (this.#messageBytes > this.#messageBytesMax) {
      return this.#fail("sent a message above the limit", CloseCode.TooBig);
    }
    this.#inMessage = !final;
    if (final) this.#messageBytes = 0;
    this.#state = "data";
  }

  #beginControl(opcode: number, final: boolean, length: number): void {
    if (opcode > OPCODE.pong) return this.#fail(`sent a frame of the unknown type ${opcode}`);
    if (!final) return this.#fail("sent a control frame in parts");
    if (length > CONTROL_BYTES_MAX) return this.#fail("sent too long a control frame");
    this.#control = new Uint8Array(length);
    if (length === 0) this.#endControl();
    else this.#state = "control";
  }

  #readControl(view: DataView, from: number, to: number): void {
    unmask(view, from, to, from, this.#mask);
    this.#mask = turned(this.#mask, to - from);
    const missing = this.#remaining + to - from;
    const part = new Uint8Array(view.buffer, view.byteOffset + from, to - from);
    this.#control.set(part, this.#control.length - missing);
    if (this.#remaining === 0) this.#endControl();
  }

  #endControl(): void {
    this.#state = "header";
    if (this.#opcode === OPCODE.ping) this.#onPing(this.#control);
    else if (this.#opcode === OPCODE.close) this.#close(this.#control);
  }

  #close(payload: Uint8Array<ArrayBuffer>): void {
    if (payload.length === 0) return this.#finish({ code: undefined, violation: undefined });
    const code = payload.length === 1 ? 0 : new DataView(payload.buffer).getUint16(0);
    if (!isSendable(code)) return this.#fail("sent a close frame without a valid code");
    if (!isUtf8(payload.subarray(2))) {
      return this.#fail("closed with a reason that is not UTF-8", CloseCode.InvalidPayload);
    }
    this.#finish({ code, violation: undefined });
  }

  #fail(what: string, code: number = CloseCode.ProtocolError): void {
    this.#finish({ code, violation: new Error(`the peer ${what}`) });
  }

  #finish(end: FramesEnd): void {
    this.#state = "ended";
    this.#end = end;
  }
}

/** What stands in front of a message of `length` bytes: binary, whole, not masked. */
export function binaryHeader(length: number): Uint8Array<ArrayBuffer> {
  return header(OPCODE.binary, length, 0);
}

/** The answer to a ping. */
export function pongFrame(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = header(OPCODE.pong, payload.length, payload.length);
  frame.set(payload, frame.length - payload.length);
  return frame;
}

/** A close frame without a reason, or, when `code` is undefined, without anything. */
export function closeFrame(code: number | undefined): Uint8Array<ArrayBuffer> {
  if (code === undefined) return header(OPCODE.close, 0, 0);
  const frame = header(OPCODE.close, 2, 2);
  new DataView(frame.buffer).setUint16(2, code);
  return frame;
}

/** The header of a whole frame, with room for `room` bytes after it. */
function header(opcode: number, length: number, room: number): Uint8Array<ArrayBuffer> {
  const second = length < LENGTH_16 ? length : length < 2 ** 16 ? LENGTH_16 : LENGTH_64;
  const frame = new Uint8Array(headerLength(second) + room);
  const view = new DataView(frame.buffer);
  frame[0] = FINAL | opcode;
  frame[1] = second;
  if (second === LENGTH_16) view.setUint16(2, length);
  if (second === LENGTH_64) view.setBigUint64(2, BigInt(length));
  return frame;
}

/** The length of a header by its second byte. */
function headerLength(second: number): number {
  const length = second & ~MASKED;
  const lengthBytes = length === LENGTH_16 ? 2 : length === LENGTH_64 ? 8 : 0;
  return 2 + lengthBytes + ((second & MASKED) === 0 ? 0 : MASK_BYTES);
}

/** Moves the bytes in `from..to` to `target`, which is not behind `from`, and unmasks them. */
function unmask(view: DataView, from: number, to: number, target: number, mask: number): void {
  let [source, out] = [from, target];
  // Words at any address: half the time of bytes, and moving them costs nothing on top.
  for (; source <= to - 4; source += 4, out += 4) {
    view.setInt32(out, view.getInt32(source, true) ^ mask, true);
  }
  for (let shift = 0; source < to; source++, out++, shift += 8) {
    view.setUint8(out, view.getUint8(source) ^ (mask >>> shift));
  }
}

/** `mask` for the byte that is `count` bytes further on. */
function turned(mask: number, count: number): number {
  const bits = (count & 3) * 8;
  return (mask >>> bits) | (mask << (32 - bits));
}

/** Whether a close frame may have this code (RFC 6455, section 7.4; 1012 to 1014 came later). */
function isSendable(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
}

const strictDecoder = new TextDecoder("utf-8", { fatal: true });

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strictDecoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
