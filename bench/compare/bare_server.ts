/**
 * What the runtime can do: a forwarder with nothing but reads, packet boundaries, copies and
 * writes, for the comparison to show how much of that the broker keeps. It is no broker: it believes
 * every byte that it is sent, keeps no session, repeats nothing, drops and bounds nothing, and
 * answers PUBLISH at QoS 1 before anybody has it.
 *
 * Its way of doing things is the broker's: a large read buffer, output gathered until a read has
 * been worked off, one write under way for each connection.
 */

const CONNECT = 1;
const PUBLISH = 3;
const SUBSCRIBE = 8;
const PINGREQ = 12;

const READ_BYTES = 256 * 1024;
const OUTPUT_BYTES_MIN = 64 * 1024;
/** Unwritten bytes of one receiver beyond which nobody is read until some of them are gone. */
const OUTPUT_HIGH_WATER = 1024 * 1024;

class Client {
  packetId = 0;
  bytes: Uint8Array<ArrayBufferLike> = new Uint8Array(OUTPUT_BYTES_MIN);
  length = 0;
  #spare: Uint8Array<ArrayBufferLike> = new Uint8Array(OUTPUT_BYTES_MIN);
  #writing = false;
  #drained: (() => void) | undefined;
  readonly #connection: Deno.Conn;

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /** Makes room for `size` bytes at `length`. */
  reserve(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.length + size));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  flush(): void {
    if (this.#writing || this.length === 0) return;
    this.#writing = true;
    const bytes = this.bytes;
    const end = this.length;
    this.bytes = this.#spare;
    this.length = 0;
    this.#write(bytes, 0, end);
  }

  #write(bytes: Uint8Array, start: number, end: number): void {
    this.#connection.write(bytes.subarray(start, end)).then((written) => {
      if (start + written < end) {
        this.#write(bytes, start + written, end);
        return;
      }
      this.#spare = bytes;
      this.#writing = false;
      this.flush();
      this.#drained?.();
      this.#drained = undefined;
    }, () => {});
  }

  get congested(): boolean {
    return this.length > OUTPUT_HIGH_WATER;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => this.#drained = resolve);
  }
}

/** Topic filters of at most a few levels, without `#`, and who asked for them. */
class Routes {
  readonly #receivers = new Map<string, Client[]>();

  subscribe(filter: string, client: Client): void {
    const receivers = this.#receivers.get(filter);
    if (receivers === undefined) this.#receivers.set(filter, [client]);
    else receivers.push(client);
  }

  leave(client: Client): void {
    for (const [filter, receivers] of this.#receivers) {
      const left = receivers.filter((each) => each !== client);
      if (left.length === 0) this.#receivers.delete(filter);
      else this.#receivers.set(filter, left);
    }
  }

  match(topic: string): Client[] {
    const levels = topic.split("/");
    const found: Client[] = [];
    for (let choice = 0; choice < 1 << levels.length; choice++) {
      const filter = levels.map((level, index) => choice >> index & 1 ? "+" : level).join("/");
      found.push(...this.#receivers.get(filter) ?? []);
    }
    return found;
  }
}

/** A topic that was published to, and who gets it. */
interface Route {
  readonly topic: Uint8Array;
  readonly receivers: Client[];
}

const routes = new Routes();
/** By a hash of the topic. */
const known = new Map<number, Route>();
/** Most packets repeat the topic of the one before. */
let latest: Route | undefined;
/** Who has got output since the last flush. */
const touched: Client[] = [];

function forgetMatches(): void {
  known.clear();
  latest = undefined;
}

function receiversOf(bytes: Uint8Array, start: number, length: number): Client[] {
  if (latest !== undefined && isTopic(latest, bytes, start, length)) return latest.receivers;
  let hash = length;
  for (let at = start; at < start + length; at++) hash = Math.imul(hash ^ bytes[at]!, 0x9e3779b1);
  latest = known.get(hash);
  if (latest === undefined || !isTopic(latest, bytes, start, length)) {
    const topic = bytes.slice(start, start + length);
    latest = { topic, receivers: routes.match(new TextDecoder().decode(topic)) };
    known.set(hash, latest);
  }
  return latest.receivers;
}

function isTopic({ topic }: Route, bytes: Uint8Array, start: number, length: number): boolean {
  if (topic.length !== length) return false;
  for (let at = length - 1; at >= 0; at--) if (topic[at] !== bytes[start + at]) return false;
  return true;
}

function answer(client: Client, ...bytes: number[]): void {
  client.reserve(bytes.length);
  client.bytes.set(bytes, client.length);
  client.length += bytes.length;
  touched.push(client);
}

/** A PUBLISH packet from `start` to `end`; its variable header begins at `body`. */
function publish(from: Client, bytes: Uint8Array, start: number, body: number, end: number): void {
  const qos = bytes[start]! >> 1 & 3;
  const topicLength = bytes[body]! << 8 | bytes[body + 1]!;
  const receivers = receiversOf(bytes, body + 2, topicLength);
  const idAt = body + 2 + topicLength;
  if (qos === 1) answer(from, 0x40, 2, bytes[idAt]!, bytes[idAt + 1]!);
  const packet = bytes.subarray(start, end);
  for (const client of receivers) {
    client.reserve(packet.length);
    if (client.length === 0) touched.push(client);
    client.bytes.set(packet, client.length);
    if (qos === 1) {
      const id = client.packetId = client.packetId % 0xffff + 1;
      const at = client.length + idAt - start;
      client.bytes[at] = id >> 8;
      client.bytes[at + 1] = id;
    }
    client.length += packet.length;
  }
}

function subscribe(client: Client, bytes: Uint8Array, body: number, end: number): void {
  const codes: number[] = [];
  for (let at = body + 2; at < end;) {
    const length = bytes[at]! << 8 | bytes[at + 1]!;
    routes.subscribe(new TextDecoder().decode(bytes.subarray(at + 2, at + 2 + length)), client);
    codes.push(bytes[at + 2 + length]!);
    at += 3 + length;
  }
  forgetMatches();
  const size = 2 + codes.length;
  const header = size < 128 ? [0x90, size] : [0x90, size & 0x7f | 0x80, size >> 7];
  answer(client, ...header, bytes[body]!, bytes[body + 1]!, ...codes);
}

/** Works off the whole packets in `bytes`; returns where the first incomplete one begins. */
function handle(client: Client, bytes: Uint8Array, length: number): number {
  let start = 0;
  for (;;) {
    let body = start + 1;
    let remaining = 0;
    let byte = 0x80;
    for (let shift = 0; byte >= 0x80; shift += 7) {
      if (body >= length) return start;
      byte = bytes[body++]!;
      remaining |= (byte & 0x7f) << shift;
    }
    const end = body + remaining;
    if (end > length) return start;
    const type = bytes[start]! >> 4;
    if (type === PUBLISH) publish(client, bytes, start, body, end);
    else if (type === SUBSCRIBE) subscribe(client, bytes, body, end);
    else if (type === CONNECT) answer(client, 0x20, 2, 0, 0);
    else if (type === PINGREQ) answer(client, 0xd0, 0);
    start = end;
  }
}

async function serve(connection: Deno.TcpConn): Promise<void> {
  connection.setNoDelay(true);
  const client = new Client(connection);
  let bytes = new Uint8Array(READ_BYTES);
  let rest = 0;
  for (;;) {
    const read = await connection.read(bytes.subarray(rest)).catch(() => null);
    if (read === null) {
      routes.leave(client);
      forgetMatches();
      connection.close();
      return;
    }
    const length = rest + read;
    const handled = handle(client, bytes, length);
    bytes.copyWithin(0, handled, length);
    rest = length - handled;
    if (rest === bytes.length) {
      const grown = new Uint8Array(2 * rest);
      grown.set(bytes);
      bytes = grown;
    }
    let congested: Client | undefined;
    for (const each of touched) {
      each.flush();
      if (each.congested) congested = each;
    }
    touched.length = 0;
    if (congested !== undefined) await congested.drained();
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log(`port ${listener.addr.port}`);
for await (const connection of listener) serve(connection);
