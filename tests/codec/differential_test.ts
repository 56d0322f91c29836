import assert from "#assert";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { type Packet, PacketType, type ProtocolVersion } from "../../src/mqtt/packet.ts";
import { toBytes } from "../../src/mqtt/packet_encoder.ts";
import { drain, EVERY_VERSION, newDecoder, VERSION_NAMES } from "../../src/mqtt/packet_fixture.ts";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { Sender } from "../../src/mqtt/sender.ts";
import { generate, grouped, parse } from "./mqtt_packet_form.ts";
import { legalPackets } from "./packet_arbitraries.ts";

/** npm mqtt-packet is the second opinion: it was written by others from the same specification. */

const RUNS = 10_000;

for (const version of EVERY_VERSION) {
  for (const sender of [Sender.CLIENT, Sender.SERVER] as const) {
    const side = sender === Sender.CLIENT ? "a client" : "a server";
    const suffix = `(${VERSION_NAMES[version]})`;

    Deno.test(`toBytes: mqtt-packet reads what ${side} writes ${suffix}`, () => {
      fc.assert(
        fc.property(legalPackets(version, sender), (packet) => {
          fc.pre(canParse(packet));
          assert.deepEqual(parse(toBytes(packet, version), version), grouped(packet));
        }),
        { numRuns: RUNS },
      );
    });

    Deno.test(`PacketDecoder: reads what mqtt-packet writes as ${side} ${suffix}`, () => {
      fc.assert(
        fc.property(legalPackets(version, sender), (packet) => {
          fc.pre(canGenerate(packet, version));
          const decoded = decode(generate(packet, version), version, sender);
          assert.deepEqual(grouped(decoded), grouped(packet));
        }),
        { numRuns: RUNS },
      );
    });

    Deno.test(`PacketDecoder: reads what we write as ${side}, nothing lost ${suffix}`, () => {
      fc.assert(
        fc.property(legalPackets(version, sender), (packet) => {
          assert.deepEqual(decode(toBytes(packet, version), version, sender), packet);
        }),
        { numRuns: RUNS },
      );
    });
  }
}

Deno.test("toBytes: user properties are written in their order", () => {
  fc.assert(
    fc.property(legalPackets(5, Sender.SERVER), legalPackets(5, Sender.CLIENT), (one, other) => {
      for (const packet of [one, other]) {
        const { properties } = packet as { properties?: { userProperties?: [string, string][] } };
        const pairs = properties?.userProperties ?? [];
        const expected = Buffer.concat(pairs.flatMap(([key, value]) => [
          Buffer.from([0x26]),
          prefixed(key),
          prefixed(value),
        ]));
        assert.ok(Buffer.from(toBytes(packet, 5)).includes(expected));
      }
    }),
    { numRuns: RUNS },
  );
});

function prefixed(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

function decode(bytes: Uint8Array, version: ProtocolVersion, sender: Sender): Packet {
  const decoder = newDecoder(bytes, sender === Sender.CLIENT ? "server" : "client", version);
  decoder.push(bytes);
  const packets = drain(decoder);
  assert.equal(packets.length, 1);
  return packets[0]!;
}

/** Legal packets that mqtt-packet declines to write. */
function canGenerate(packet: Packet, version: ProtocolVersion): boolean {
  if (packet.type !== PacketType.CONNECT) return true;
  if (packet.password !== undefined && packet.username === undefined) return false;
  return packet.clientId !== "" || version !== 3 && packet.cleanStart;
}

/** mqtt-packet follows the table of section 3.14, which lacks what section 2.4 lists for DISCONNECT. */
function canParse(packet: Packet): boolean {
  return packet.type !== PacketType.DISCONNECT ||
    packet.reasonCode !== ReasonCode.BadAuthenticationMethod;
}
