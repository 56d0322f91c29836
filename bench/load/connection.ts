import { FrameScanner } from "./frame_scanner.ts";
import { acknowledgement } from "./packets.ts";
import {
  close,
  connectLoopback,
  type Epoll,
  NativeBuffer,
  receive,
  requireConnected,
  send,
  WOULD_BLOCK,
} from "./system_calls.ts";
import { framed, FrameRemover, upgradeAnswerEnd, upgradeRequest } from "./websocket_frames.ts";

const OUTPUT_BYTES = 256;

/** Where connections lead to. */
export interface Target {
  readonly port: number;
  /** The path of the upgrade; undefined for MQTT over TCP. */
  readonly webSocketPath: string | undefined;
}

/** What a connection is for: it says the first word and reads the answers. */
export interface PacketReceiver {
  /** The way is free for CONNECT. */
  opened(connection: Connection): void;
  /** `buffer` from `start` to `end` is what follows the fixed header; it is only lent. */
  packet(connection: Connection, header: number, start: number, end: number): void;
  /** The connection has ended, whoever ended it. */
  ended(reason: string): void;
}

type State = "connecting" | "upgrading" | "open" | "ended";

/** One network connection: bytes out as far as the kernel takes them, packets in. */
export class Connection {
  readonly #target: Target;
  readonly #receiver: PacketReceiver;
  readonly #epoll: Epoll;
  readonly #token: number;
  readonly #fd: number;
  readonly #scanner = new FrameScanner();
  readonly #frames: FrameRemover | undefined;
  #state: State = "connecting";
  #waitsForOutput = true;
  /** Of a publisher: what is being sent from its own memory. */
  #range: NativeBuffer | undefined;
  #rangeStart = 0;
  #rangeEnd = 0;
  #output: NativeBuffer | undefined;
  #outputStart = 0;
  #outputEnd = 0;
  #upgradeHead: Uint8Array = new Uint8Array();

  constructor(target: Target, receiver: PacketReceiver, epoll: Epoll, token: number) {
    this.#target = target;
    this.#receiver = receiver;
    this.#epoll = epoll;
    this.#token = token;
    this.#frames = target.webSocketPath === undefined ? undefined : new FrameRemover();
    this.#fd = connectLoopback(target.port);
    epoll.add(this.#fd, token, true);
  }

  get webSocket(): boolean {
    return this.#frames !== undefined;
  }

  get ended(): boolean {
    return this.#state === "ended";
  }

  /** Whether the kernel has not taken everything yet. */
  get busy(): boolean {
    return this.#range !== undefined || this.#outputEnd > 0;
  }

  /** Sends from memory of the caller, which must not change before the connection is not busy. */
  sendRange(buffer: NativeBuffer, start: number, end: number): void {
    this.#range = buffer;
    this.#rangeStart = start;
    this.#rangeEnd = end;
    this.flush();
  }

  /** Adds one packet to what the next flush sends. */
  write(packet: Uint8Array): void {
    this.#append(this.webSocket ? framed(packet) : packet);
  }

  /** The same for an acknowledgement, without an array for each. */
  writeAcknowledgement(header: number, packetId: number): void {
    if (this.webSocket) return this.write(acknowledgement(header, packetId));
    const bytes = this.#reserve(4);
    let end = this.#outputEnd;
    bytes[end++] = header;
    bytes[end++] = 2;
    bytes[end++] = packetId >> 8;
    bytes[end++] = packetId & 0xff;
    this.#outputEnd = end;
  }

  flush(): void {
    if (this.#state === "ended") return;
    try {
      this.#waitForOutput(!this.#sendAll());
    } catch (error) {
      this.end((error as Error).message);
    }
  }

  /** The kernel takes bytes: for the first time, or again. */
  writable(): void {
    if (this.#state !== "connecting") return this.flush();
    try {
      requireConnected(this.#fd);
    } catch (error) {
      return this.end((error as Error).message);
    }
    const { port, webSocketPath } = this.#target;
    if (webSocketPath === undefined) return this.#open();
    this.#state = "upgrading";
    this.#append(upgradeRequest(port, webSocketPath));
    this.flush();
  }

  /** Reads what there is through `buffer`, which all connections share. */
  readable(buffer: NativeBuffer): void {
    if (this.#state === "ended") return;
    try {
      while (this.#readOnce(buffer));
    } catch (error) {
      this.end((error as Error).message);
    }
    if (this.#outputEnd > 0) this.flush();
  }

  end(reason: string): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    close(this.#fd);
    this.#receiver.ended(reason);
  }

  /** True when there may be more to read. */
  #readOnce(buffer: NativeBuffer): boolean {
    const { bytes } = buffer;
    const kept = this.#scanner.restore(bytes);
    const count = receive(this.#fd, buffer, kept);
    if (count === WOULD_BLOCK) return false;
    if (count === 0) throw new Error("the broker has closed the connection");
    const end = this.#unframed(bytes, kept, kept + count);
    const scanner = this.#scanner;
    scanner.begin(bytes, end);
    while (scanner.next()) {
      this.#receiver.packet(this, scanner.header, scanner.start, scanner.end);
      if (this.#state === "ended") return false;
    }
    return kept + count === bytes.length;
  }

  /** Takes off what WebSocket adds; returns the new end. */
  #unframed(bytes: Uint8Array, start: number, end: number): number {
    if (this.#frames === undefined) return end;
    if (this.#state === "upgrading") {
      const head = new Uint8Array(this.#upgradeHead.length + end);
      head.set(this.#upgradeHead);
      head.set(bytes.subarray(0, end), this.#upgradeHead.length);
      const headEnd = upgradeAnswerEnd(head, head.length);
      this.#upgradeHead = head;
      if (headEnd === undefined) return 0;
      bytes.set(head.subarray(headEnd));
      end = head.length - headEnd;
      this.#open();
    }
    end = this.#frames.remove(bytes, start, end);
    if (this.#frames.closed) throw new Error("the broker has sent a close frame");
    return end;
  }

  #open(): void {
    this.#state = "open";
    this.#receiver.opened(this);
    this.flush();
  }

  #sendAll(): boolean {
    if (this.#range !== undefined) {
      while (this.#rangeStart < this.#rangeEnd) {
        const count = send(this.#fd, this.#range, this.#rangeStart, this.#rangeEnd);
        if (count === WOULD_BLOCK) return false;
        this.#rangeStart += count;
      }
      this.#range = undefined;
    }
    while (this.#outputStart < this.#outputEnd) {
      const count = send(this.#fd, this.#output!, this.#outputStart, this.#outputEnd);
      if (count === WOULD_BLOCK) return false;
      this.#outputStart += count;
    }
    this.#outputStart = this.#outputEnd = 0;
    return true;
  }

  #waitForOutput(wait: boolean): void {
    if (wait === this.#waitsForOutput) return;
    this.#waitsForOutput = wait;
    this.#epoll.change(this.#fd, this.#token, wait);
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length).set(bytes, this.#outputEnd);
    this.#outputEnd += bytes.length;
  }

  #reserve(size: number): Uint8Array {
    const output = this.#output ??= new NativeBuffer(OUTPUT_BYTES);
    const needed = this.#outputEnd + size;
    if (needed <= output.bytes.length) return output.bytes;
    const larger = new NativeBuffer(2 * needed);
    larger.bytes.set(output.bytes.subarray(0, this.#outputEnd));
    this.#output = larger;
    return larger.bytes;
  }
}
