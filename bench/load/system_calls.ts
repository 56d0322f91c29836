/**
 * The system calls of the load generator, through libc. Linux only.
 *
 * A generator on the runtime's own sockets would measure that runtime as much as the broker: a
 * promise for each read and write costs more than a small broker spends on the message. With plain
 * non-blocking sockets a message costs the generator about as much as one that is written in C.
 */

const AF_INET = 2;
const SOCK_STREAM_NONBLOCK = 1 | 0o4000;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const MSG_NOSIGNAL = 0x4000;
const EINTR = 4;
const EAGAIN = 11;
const EINPROGRESS = 115;
/** The same number on every architecture that Deno runs on. glibc before 2.35 has no name for it. */
const SYS_EPOLL_PWAIT2 = 441;

// The kernel never moves more than 2 GiB at once, so a result of 32 bits holds every count.
const { symbols: libc } = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  send: { parameters: ["i32", "usize", "usize", "i32"], result: "i32" },
  recv: { parameters: ["i32", "usize", "usize", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  nice: { parameters: ["i32"], result: "i32" },
  read: { parameters: ["i32", "usize", "usize"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  syscall: {
    parameters: ["isize", "i32", "usize", "i32", "usize", "usize", "usize"],
    result: "i32",
  },
  __errno_location: { parameters: [], result: "pointer" },
});

const errno = new Int32Array(Deno.UnsafePointerView.getArrayBuffer(libc.__errno_location()!, 4));

/** The runtime takes any safe integer where its types ask for a bigint, which costs memory. */
function usize(value: number): bigint {
  return value as unknown as bigint;
}

/** What a call returned when it could not go on now: try again when the descriptor is ready. */
export const WOULD_BLOCK = -1;

export class SystemCallError extends Error {
  constructor(call: string, code: number) {
    super(`${call}() failed with errno ${code}`);
  }
}

/** Memory that the kernel reads and writes. It never moves while this object is held. */
export class NativeBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  readonly address: number;

  /** @param size in bytes */
  constructor(size: number) {
    this.bytes = new Uint8Array(new ArrayBuffer(Math.max(1, size)));
    this.view = new DataView(this.bytes.buffer);
    this.address = Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(this.bytes)));
  }
}

/** Starts to connect to a port of 127.0.0.1; the descriptor becomes writable when that is done. */
export function connectLoopback(port: number): number {
  const fd = libc.socket(AF_INET, SOCK_STREAM_NONBLOCK, 0);
  if (fd < 0) throw new SystemCallError("socket", errno[0]!);
  libc.setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, new Int32Array([1]), 4);
  const address = new Uint8Array(16);
  new DataView(address.buffer).setUint16(0, AF_INET, true);
  address.set([port >> 8, port & 0xff, 127, 0, 0, 1], 2);
  if (libc.connect(fd, address, address.length) < 0 && errno[0] !== EINPROGRESS) {
    throw new SystemCallError("connect", errno[0]!);
  }
  return fd;
}

/** Throws when the connection could not be made. */
export function requireConnected(fd: number): void {
  const error = new Int32Array(1);
  libc.getsockopt(fd, SOL_SOCKET, SO_ERROR, error, new Uint32Array([4]));
  if (error[0] !== 0) throw new SystemCallError("connect", error[0]!);
}

/** Sends `buffer` from `start` to `end`; returns how many bytes were taken, or WOULD_BLOCK. */
export function send(fd: number, buffer: NativeBuffer, start: number, end: number): number {
  for (;;) {
    const count = libc.send(fd, usize(buffer.address + start), usize(end - start), MSG_NOSIGNAL);
    if (count >= 0) return count;
    if (errno[0] === EAGAIN) return WOULD_BLOCK;
    if (errno[0] !== EINTR) throw new SystemCallError("send", errno[0]!);
  }
}

/** Fills `buffer` from `start` on; returns the count, 0 at the end of the stream, or WOULD_BLOCK. */
export function receive(fd: number, buffer: NativeBuffer, start: number): number {
  for (;;) {
    const count = libc.recv(
      fd,
      usize(buffer.address + start),
      usize(buffer.bytes.length - start),
      0,
    );
    if (count >= 0) return count;
    if (errno[0] === EAGAIN) return WOULD_BLOCK;
    if (errno[0] !== EINTR) throw new SystemCallError("recv", errno[0]!);
  }
}

export function close(fd: number): void {
  libc.close(fd);
}

/** Lets other threads of the same core go first, by `steps` of the kernel's scale; for this thread. */
export function yieldToOthers(steps: number): void {
  libc.nice(steps);
}

const fileBuffer = new NativeBuffer(16_384);

/**
 * The first 16 KiB of a file; undefined when it cannot be opened. For /proc, which Deno itself
 * gives to nobody without all permissions.
 */
export function readSmallFile(path: string): string | undefined {
  const fd = libc.open(new TextEncoder().encode(`${path}\0`), 0);
  if (fd < 0) return undefined;
  const count = libc.read(fd, usize(fileBuffer.address), usize(fileBuffer.bytes.length));
  libc.close(fd);
  return new TextDecoder().decode(fileBuffer.bytes.subarray(0, Math.max(0, count)));
}

const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_MOD = 3;
const EPOLLIN = 1;
const EPOLLOUT = 4;
const EVENTS_MAX = 512;
/** `struct epoll_event` is packed on x86-64 only. */
const EVENT_BYTES = Deno.build.arch === "x86_64" ? 12 : 16;
const TOKEN_OFFSET = EVENT_BYTES - 8;

/** Waits for many descriptors; each is known by a token, an integer that the caller chose. */
export class Epoll {
  readonly #fd = libc.epoll_create1(0);
  readonly #events = new NativeBuffer(EVENTS_MAX * EVENT_BYTES);
  readonly #change = new NativeBuffer(EVENT_BYTES);
  readonly #timeout = new NativeBuffer(16);

  add(fd: number, token: number, forOutput: boolean): void {
    this.#control(EPOLL_CTL_ADD, fd, token, forOutput);
  }

  change(fd: number, token: number, forOutput: boolean): void {
    this.#control(EPOLL_CTL_MOD, fd, token, forOutput);
  }

  #control(operation: number, fd: number, token: number, forOutput: boolean): void {
    const { view, bytes } = this.#change;
    view.setUint32(0, EPOLLIN | (forOutput ? EPOLLOUT : 0), true);
    view.setUint32(TOKEN_OFFSET, token, true);
    if (libc.epoll_ctl(this.#fd, operation, fd, bytes) < 0) {
      throw new SystemCallError("epoll_ctl", errno[0]!);
    }
  }

  /** Returns how many events there are, 0 when `seconds` have passed; exact to microseconds. */
  wait(seconds: number): number {
    const { view } = this.#timeout;
    const whole = Math.floor(seconds);
    view.setUint32(0, whole, true);
    view.setUint32(8, Math.floor((seconds - whole) * 1e9), true);
    const count = libc.syscall(
      usize(SYS_EPOLL_PWAIT2),
      this.#fd,
      usize(this.#events.address),
      EVENTS_MAX,
      usize(this.#timeout.address),
      usize(0),
      usize(0),
    );
    if (count < 0 && errno[0] !== EINTR) throw new SystemCallError("epoll_pwait2", errno[0]!);
    return Math.max(0, count);
  }

  token(index: number): number {
    return this.#events.view.getUint32(index * EVENT_BYTES + TOKEN_OFFSET, true);
  }

  writable(index: number): boolean {
    return (this.#events.view.getUint32(index * EVENT_BYTES, true) & EPOLLOUT) !== 0;
  }

  /** Also when the connection has ended: reading says so. */
  readable(index: number): boolean {
    return (this.#events.view.getUint32(index * EVENT_BYTES, true) & ~EPOLLOUT) !== 0;
  }
}
