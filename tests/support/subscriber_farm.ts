/**
 * Subscribers and a publisher in a process of their own, so that a test can measure the memory of
 * the broker alone. Talks in lines: commands on standard input, one JSON object for each on standard
 * output.
 *
 *     subscribe        20 subscribers; number 0 reads nothing from then on
 *     publish          publishes everything, resolves when the publisher has written it all
 *     count            waits until all but number 0 have everything, or nothing comes any more
 *     thaw             number 0 reads again; waits until nothing comes any more
 *
 * Arguments: port, QoS, messages, payload bytes.
 */
import { PacketType, type QoS } from "../../src/mqtt/packet.ts";
import { PacketDecoder } from "../../src/mqtt/packet_decoder.ts";
import { toBytes } from "../../src/mqtt/packet_encoder.ts";
import { NO_PROPERTIES } from "../../src/mqtt/properties.ts";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";

const [port, qos, messages, payloadBytes] = Deno.args.map(Number) as [number, QoS, number, number];
const SUBSCRIBERS = 20;
const TOPIC = "flood/all";
/** No message for this long means that none comes any more. */
const QUIET_MS = 2_000;

class Client {
  received = 0;
  lastAt = 0;
  outOfOrder = 0;
  #last = -1;
  #decoder = new PacketDecoder({ role: "client", version: 4, maximumPacketSize: 1 << 28 });
  #conn!: Deno.TcpConn;
  #frozen: Promise<void> | undefined;
  #thaw: () => void = () => {};
  #answered: (() => void) | undefined;

  async connect(clientId: string): Promise<void> {
    this.#conn = await Deno.connect({ hostname: "127.0.0.1", port });
    this.#read();
    const connected = this.#answer();
    await this.write(toBytes({
      type: PacketType.CONNECT,
      protocolVersion: 4,
      bridge: false,
      clientId,
      cleanStart: true,
      keepAlive: 0,
      will: undefined,
      username: undefined,
      password: undefined,
      properties: NO_PROPERTIES,
    }, 4));
    await connected;
  }

  async subscribe(): Promise<void> {
    const subscribed = this.#answer();
    await this.write(toBytes({
      type: PacketType.SUBSCRIBE,
      packetId: 1,
      subscriptions: [{
        topicFilter: TOPIC,
        qos,
        noLocal: false,
        retainAsPublished: false,
        retainHandling: 0,
      }],
      properties: NO_PROPERTIES,
    }, 4));
    await subscribed;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  freeze(): void {
    this.#frozen = new Promise((resolve) => this.#thaw = resolve);
  }

  thaw(): void {
    this.#frozen = undefined;
    this.#thaw();
  }

  async ping(): Promise<void> {
    const answered = this.#answer();
    await this.write(Uint8Array.of(0xc0, 0x00));
    await answered;
  }

  close(): void {
    this.#conn.close();
  }

  #answer(): Promise<void> {
    return new Promise((resolve) => this.#answered = resolve);
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (;;) {
        if (this.#frozen !== undefined) await this.#frozen;
        const count = await this.#conn.read(buffer);
        if (count === null) return;
        this.#decoder.push(buffer.subarray(0, count));
        await this.#handle();
      }
    } catch {
      // The connection was closed at the end of the test.
    }
  }

  async #handle(): Promise<void> {
    const acknowledgements: number[] = [];
    for (let packet = this.#decoder.next(); packet; packet = this.#decoder.next()) {
      if (packet.type !== PacketType.PUBLISH) {
        if (packet.type !== PacketType.PUBACK) this.#answered?.();
        continue;
      }
      this.received++;
      this.lastAt = Date.now();
      const number = new DataView(packet.payload.buffer, packet.payload.byteOffset).getUint32(0);
      if (number <= this.#last) this.outOfOrder++;
      this.#last = number;
      if (packet.qos === 1) {
        acknowledgements.push(0x40, 2, packet.packetId >> 8, packet.packetId & 0xff);
      }
    }
    if (acknowledgements.length > 0) await this.write(Uint8Array.from(acknowledgements));
  }
}

const subscribers = Array.from({ length: SUBSCRIBERS }, () => new Client());
const publisher = new Client();

async function quiet(watched: readonly Client[], enough: () => boolean): Promise<void> {
  while (!enough()) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (watched.every((each) => Date.now() - each.lastAt > QUIET_MS)) return;
  }
}

const commands: Record<string, () => Promise<unknown>> = {
  async subscribe() {
    for (const [index, each] of subscribers.entries()) {
      await each.connect(`farm-${index}`);
      await each.subscribe();
    }
    subscribers[0]!.freeze();
    await publisher.connect("farm-publisher");
    return {};
  },
  async publish() {
    const payload = new Uint8Array(payloadBytes);
    const number = new DataView(payload.buffer);
    for (let i = 0; i < messages; i++) {
      number.setUint32(0, i);
      await publisher.write(toBytes({
        type: PacketType.PUBLISH,
        dup: false,
        qos,
        retain: false,
        topic: TOPIC,
        packetId: qos === 0 ? 0 : (i % 65_535) + 1,
        payload,
        properties: NO_PROPERTIES,
      }, 4));
    }
    await publisher.ping();
    return { reason: ReasonCode.Success };
  },
  async count() {
    const others = subscribers.slice(1);
    for (const each of others) each.lastAt = Date.now();
    await quiet(others, () => others.every((each) => each.received >= messages));
    return {
      received: subscribers.map((each) => each.received),
      outOfOrder: subscribers.reduce((sum, each) => sum + each.outOfOrder, 0),
    };
  },
  async thaw() {
    const frozen = subscribers[0]!;
    frozen.lastAt = Date.now();
    frozen.thaw();
    await quiet([frozen], () => frozen.received >= messages);
    return { received: frozen.received, outOfOrder: frozen.outOfOrder };
  },
};

const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
let pending = "";
for await (const text of lines) {
  pending += text;
  for (let end = pending.indexOf("\n"); end >= 0; end = pending.indexOf("\n")) {
    const command = pending.slice(0, end);
    pending = pending.slice(end + 1);
    console.log(JSON.stringify(await commands[command]!()));
  }
}
for (const each of [...subscribers, publisher]) each.close();
