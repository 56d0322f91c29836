import assert from "#assert";
import { wire } from "./packet_fixture.ts";
import { PacketReader } from "./packet_reader.ts";
import { PacketError, ReasonCode } from "./reason_code.ts";
import { Sender } from "./sender.ts";

/** A reader on `notation`, with bytes around it that it must not touch. */
function open(notation: string): PacketReader {
  const inner = wire(notation);
  const bytes = new Uint8Array(inner.length + 4).fill(0x01);
  bytes.set(inner, 2);
  const reader = new PacketReader(Sender.CLIENT);
  reader.open(bytes, 2, 2 + inner.length);
  return reader;
}

const MALFORMED = { name: PacketError.name, reasonCode: ReasonCode.MalformedPacket };

Deno.test("PacketReader: integers are big-endian and unsigned", () => {
  const reader = open("ff ffff 0102 ffffffff 01020304");
  assert.equal(reader.readByte(), 255);
  assert.equal(reader.readUint16(), 65_535);
  assert.equal(reader.readUint16(), 258);
  assert.equal(reader.readUint32(), 4_294_967_295);
  assert.equal(reader.readUint32(), 16_909_060);
  assert.equal(reader.remaining, 0);
});

Deno.test("[MQTT-1.5.5-1] PacketReader: Variable Byte Integers have their shortest form", () => {
  const legal: [string, number][] = [
    ["00", 0],
    ["7f", 127],
    ["8001", 128],
    ["ff7f", 16_383],
    ["808001", 16_384],
    ["ffff7f", 2_097_151],
    ["80808001", 2_097_152],
    ["ffffff7f", 268_435_455],
  ];
  for (const [notation, value] of legal) {
    assert.equal(open(notation).readVariableByteInteger(), value);
  }
  for (const notation of ["8000", "ff00", "808000", "80808000", "80808080", "ffffffff7f", "80"]) {
    assert.throws(() => open(notation).readVariableByteInteger(), MALFORMED, notation);
  }
});

Deno.test("PacketReader: nothing is read beyond the end", () => {
  assert.throws(() => open("").readByte(), MALFORMED);
  assert.throws(() => open("01").readUint16(), MALFORMED);
  assert.throws(() => open("010203").readUint32(), MALFORMED);
  assert.throws(() => open("0002 61").readString(), MALFORMED);
  assert.throws(() => open("00").readString(), MALFORMED);
  assert.throws(() => open("0002 61").readTopicName(), MALFORMED);
  assert.throws(() => open("0002 61").readBinary(), MALFORMED);
});

Deno.test("PacketReader: binary data is a copy, the rest is a view", () => {
  const bytes = wire("0002 0102 0304");
  const reader = new PacketReader(Sender.CLIENT);
  reader.open(bytes, 0, bytes.length);
  const copy = reader.readBinary();
  const view = reader.readRest();
  bytes.fill(0xee);
  assert.deepEqual(copy, wire("0102"));
  assert.deepEqual(view, wire("eeee"));
  assert.equal(reader.remaining, 0);
});

Deno.test("[MQTT-2.2.1-3] PacketReader: a Packet Identifier is never 0", () => {
  assert.equal(open("0001").readPacketId(), 1);
  assert.throws(() => open("0000").readPacketId(), {
    name: PacketError.name,
    reasonCode: ReasonCode.ProtocolError,
  });
});
