import assert from "#assert";
import { Buffer } from "node:buffer";
import { InvariantError } from "../base/invariant.ts";
import { PacketType, type ProtocolVersion } from "./packet.ts";
import { PacketDecoder } from "./packet_decoder.ts";
import { drain, EVERY_VERSION, newDecoder, wire } from "./packet_fixture.ts";
import type { Publish } from "./packets/publish.ts";
import { PacketError, ReasonCode } from "./reason_code.ts";

const { MalformedPacket, PacketTooLarge, ProtocolError, UnsupportedProtocolVersion } = ReasonCode;

const CONNECT_5 = `10 ( "MQTT" 05 02 003c () "abc" )`;
const CONNECT_4 = `10 ( "MQTT" 04 02 003c "abc" )`;

function server(maximumPacketSize = 1024): PacketDecoder {
  return new PacketDecoder({ role: "server", maximumPacketSize });
}

function refuses(decoder: PacketDecoder, notation: string, reasonCode: ReasonCode): void {
  decoder.push(wire(notation));
  assert.throws(() => drain(decoder), { name: PacketError.name, reasonCode }, notation);
}

Deno.test("PacketDecoder: takes packets out of a chunk one by one", () => {
  const decoder = server();
  decoder.push(wire(`${CONNECT_4} c0 00 30 ( "a" 'x' ) e0 00`));
  assert.deepEqual(drain(decoder).map((it) => it.type), [1, 12, 3, 14]);
  assert.equal(decoder.midPacket, false);
});

Deno.test("PacketDecoder: takes the version from CONNECT and keeps it", () => {
  const decoder = server();
  assert.equal(decoder.version, undefined);
  decoder.push(wire(CONNECT_5));
  drain(decoder);
  assert.equal(decoder.version, 5);
  decoder.push(wire(CONNECT_4));
  drain(decoder);
  assert.equal(decoder.version, 5);
});

Deno.test("PacketDecoder: knows the version of a CONNECT that it refuses", () => {
  const decoder = server();
  refuses(decoder, `10 ( "MQTT" 05 03 003c () "abc" )`, MalformedPacket);
  assert.equal(decoder.version, 5);
  const other = server();
  refuses(other, `10 ( "MQTT" 09 02 003c () "abc" )`, UnsupportedProtocolVersion);
  assert.equal(other.version, undefined);
});

Deno.test("[MQTT-3.1.0-1] PacketDecoder: a packet before CONNECT is refused", () => {
  for (const first of ["30", "40", "50", "62", "70", "82", "a2", "c0", "e0", "f0"]) {
    refuses(server(), first, ProtocolError);
  }
});

Deno.test("[MQTT-2.1.3-1] PacketDecoder: every first byte is checked when it comes (5.0)", () => {
  const flags: Record<number, number> = { 6: 2, 8: 2, 10: 2 };
  const fromClient = [1, 3, 4, 5, 6, 7, 8, 10, 12, 14, 15];
  const fromServer = [2, 3, 4, 5, 6, 7, 9, 11, 13, 14, 15];
  for (const role of ["server", "client"] as const) {
    const types = role === "server" ? fromClient : fromServer;
    for (let first = 0; first <= 0xff; first++) {
      const type = first >> 4;
      if (type === PacketType.PUBLISH) continue; // below
      const flagsFit = type !== 0 && (first & 0x0f) === (flags[type] ?? 0);
      const decoder = new PacketDecoder({ role, maximumPacketSize: 1024, version: 5 });
      decoder.push(new Uint8Array([first]));
      if (flagsFit && types.includes(type)) {
        assert.equal(decoder.next(), undefined);
        assert.equal(decoder.midPacket, true);
      } else {
        const reasonCode = flagsFit ? ProtocolError : MalformedPacket;
        assert.throws(() => decoder.next(), { name: PacketError.name, reasonCode }, `${first}`);
      }
    }
  }
});

Deno.test("[MQTT-3.3.1-4] [MQTT-3.3.1-2] PacketDecoder: PUBLISH has ten legal first bytes", () => {
  const legal: number[] = [];
  for (let first = 0x30; first <= 0x3f; first++) {
    const decoder = new PacketDecoder({ role: "server", maximumPacketSize: 1024, version: 5 });
    decoder.push(new Uint8Array([first]));
    try {
      decoder.next();
      legal.push(first);
    } catch (error) {
      assert.equal((error as PacketError).reasonCode, MalformedPacket);
    }
  }
  assert.deepEqual(legal, [0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x3a, 0x3b, 0x3c, 0x3d]);
});

Deno.test("PacketDecoder: 3.1.1 reserves packet type 15", () => {
  for (const version of [3, 4] as const) {
    refuses(newDecoder(wire("f0"), "server", version), "f0", MalformedPacket);
  }
});

Deno.test("PacketDecoder: a Remaining Length of five bytes is malformed", () => {
  for (const version of EVERY_VERSION) {
    refuses(newDecoder(wire("30"), "server", version), "30 80808080", MalformedPacket);
  }
});

Deno.test("[MQTT-1.5.5-1] PacketDecoder: a padded Remaining Length is malformed in 5.0 only", () => {
  for (const padded of ["c0 8000", "c0 808000", "c0 80808000", "40 8200 0001"]) {
    refuses(newDecoder(wire("30"), "server", 5), padded, MalformedPacket);
    const decoder = newDecoder(wire("30"), "server", 4);
    decoder.push(wire(padded));
    assert.equal(drain(decoder).length, 1);
  }
});

Deno.test("[MQTT-1.5.5-1] PacketDecoder: a CONNECT of 5.0 has no padded Remaining Length", () => {
  const padded = (notation: string) => {
    const bytes = wire(notation);
    return new Uint8Array([bytes[0]!, bytes[1]! | 0x80, 0x00, ...bytes.subarray(2)]);
  };
  const decoder = server();
  decoder.push(padded(CONNECT_5));
  assert.throws(() => decoder.next(), { reasonCode: MalformedPacket });
  assert.equal(decoder.version, 5);
  const old = server();
  old.push(padded(CONNECT_4));
  assert.equal(drain(old).length, 1);
});

Deno.test("[MQTT-3.2.2-15] PacketDecoder: a packet beyond the limit is refused at its header", () => {
  const decoder = new PacketDecoder({ role: "server", maximumPacketSize: 10, version: 4 });
  decoder.push(wire(`30 ( "a" 'payld' )`)); // 10 bytes
  assert.equal(drain(decoder).length, 1);
  decoder.push(wire("30"));
  assert.equal(decoder.next(), undefined);
  decoder.push(wire("09"));
  assert.throws(() => decoder.next(), { reasonCode: PacketTooLarge });
});

Deno.test("PacketDecoder: the limit may change between packets", () => {
  const decoder = new PacketDecoder({ role: "server", maximumPacketSize: 10, version: 4 });
  decoder.maximumPacketSize = 4;
  refuses(decoder, "30 03", PacketTooLarge);
});

Deno.test("PacketDecoder: bytes behind the last field are malformed", () => {
  for (const version of EVERY_VERSION) {
    refuses(newDecoder(wire("c0"), "server", version), "c0 ( 00 )", MalformedPacket);
  }
  refuses(server(), `10 ( "MQTT" 04 02 003c "abc" 00 )`, MalformedPacket);
});

Deno.test("PacketDecoder: every later call throws the same", () => {
  const decoder = newDecoder(wire("30"), "server", 5);
  refuses(decoder, "c0 01 00 c0 00", MalformedPacket);
  assert.throws(() => decoder.next(), { reasonCode: MalformedPacket });
  decoder.push(wire("c0 00"));
  assert.throws(() => decoder.next(), { reasonCode: MalformedPacket });
});

Deno.test("PacketDecoder: is mid-packet from the first byte to the last", () => {
  const bytes = wire(`30 ( "a" () 'hello' )`);
  const decoder = newDecoder(bytes, "server", 5);
  assert.equal(decoder.midPacket, false);
  for (let i = 0; i < bytes.length; i++) {
    decoder.push(bytes.subarray(i, i + 1));
    const packet = decoder.next();
    if (packet !== undefined) assert.equal(decoder.next(), undefined);
    assert.equal(packet !== undefined, i === bytes.length - 1);
    assert.equal(decoder.midPacket, i < bytes.length - 1);
  }
});

Deno.test("PacketDecoder: an empty chunk changes nothing", () => {
  const decoder = newDecoder(wire("30"), "server", 4);
  for (const part of ["", "30 07", "", '"a"', "", "'text'", ""]) {
    decoder.push(wire(part));
    const packet = decoder.next();
    if (packet !== undefined) assert.equal(decoder.next(), undefined);
    assert.equal(packet !== undefined, part === "'text'");
  }
});

Deno.test("PacketDecoder: a chunk may be used again when next() has returned undefined", () => {
  const decoder = newDecoder(wire("30"), "server", 4);
  const chunk = wire(`30 05 "a" 'x'`);
  decoder.push(chunk);
  assert.equal(decoder.next(), undefined);
  chunk.fill(0xee);
  decoder.push(wire("'y'"));
  const packet = decoder.next() as Publish;
  assert.equal(packet.topic, "a");
  assert.deepEqual(packet.payload, wire("'xy'"));
});

Deno.test("PacketDecoder: a payload that was gathered outlives what comes after it", () => {
  const decoder = newDecoder(wire("30"), "server", 4);
  const payloads: Uint8Array[] = [];
  for (const part of [`30 05 "a" 'x'`, `'y' 30 05 "b" 'p'`, "'q'"]) {
    const chunk = wire(part);
    decoder.push(chunk);
    for (const packet of drain(decoder)) payloads.push((packet as Publish).payload);
    chunk.fill(0xee);
  }
  assert.deepEqual(payloads, [wire("'xy'"), wire("'pq'")]);
});

Deno.test("PacketDecoder: a Buffer of Node is read like any other chunk", () => {
  const decoder = newDecoder(wire("30"), "server", 5);
  const chunk = Buffer.from(wire(`30 ( "a" ( 09 0001 01 ) 'x' )`));
  decoder.push(chunk);
  const packet = decoder.next() as Publish;
  chunk.fill(0xee);
  assert.deepEqual(packet.properties.correlationData, new Uint8Array([1]));
  assert.deepEqual(packet.payload, new Uint8Array([0xee]));
});

Deno.test("PacketDecoder: a chunk that was not read to its end is our own mistake", () => {
  const decoder = newDecoder(wire("30"), "server", 4);
  decoder.push(wire("c0 00 c0 00"));
  decoder.next();
  assert.throws(() => decoder.push(wire("c0 00")), InvariantError);
});

Deno.test("PacketDecoder: a client knows its version", () => {
  assert.throws(() => new PacketDecoder({ role: "client", maximumPacketSize: 1 }), InvariantError);
});

Deno.test("PacketDecoder: memory follows what has arrived, not what was announced", () => {
  const maximumPacketSize = 268_435_455;
  const decoder = new PacketDecoder({ role: "server", maximumPacketSize, version: 4 });
  const allocated = allocatedBytes(() => {
    decoder.push(wire(`30 faffff7f "a" 'ten bytes!'`));
    assert.equal(decoder.next(), undefined);
  });
  assert.equal(decoder.midPacket, true);
  assert.ok(allocated <= 8192, `${allocated} bytes for 13`);
});

Deno.test("PacketDecoder: a large packet byte by byte is copied a bounded number of times", () => {
  const size = 1 << 18;
  const decoder = newDecoder(wire("30"), "server", 4);
  let packet: Publish | undefined;
  const allocated = allocatedBytes(() => {
    decoder.push(wire("30 838010 0001 61"));
    assert.equal(decoder.next(), undefined);
    const chunk = new Uint8Array(1);
    for (let i = 0; i < size; i++) {
      chunk[0] = i % 251;
      decoder.push(chunk);
      packet = decoder.next() as Publish | undefined;
      assert.equal(packet !== undefined, i === size - 1);
    }
  });
  assert.equal(packet!.payload.length, size);
  assert.ok(packet!.payload.every((byte, i) => byte === i % 251));
  assert.ok(allocated <= 3 * size, `${allocated} bytes`);
});

Deno.test("PacketDecoder: DUP on QoS 1 packets that 3.1 repeats is legal there only", () => {
  const repeated = [`6a ( 0001 )`, `8a ( 0001 "a" 00 )`, `aa ( 0001 "a" )`];
  for (const notation of repeated) {
    const decoder = newDecoder(wire("30"), "server", 3);
    decoder.push(wire(notation));
    assert.equal(drain(decoder).length, 1);
    for (const version of [4, 5] as ProtocolVersion[]) {
      refuses(newDecoder(wire("30"), "server", version), notation, MalformedPacket);
    }
  }
});

/** Bytes of all typed arrays that `action` makes with `new Uint8Array(length)`. */
function allocatedBytes(action: () => void): number {
  const original = globalThis.Uint8Array;
  let bytes = 0;
  globalThis.Uint8Array = new Proxy(original, {
    construct(target, args, newTarget) {
      if (typeof args[0] === "number") bytes += args[0];
      return Reflect.construct(
        target,
        args,
        newTarget === globalThis.Uint8Array ? target : newTarget,
      );
    },
  });
  try {
    action();
  } finally {
    globalThis.Uint8Array = original;
  }
  return bytes;
}
