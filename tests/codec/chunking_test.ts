import assert from "#assert";
import fc from "fast-check";
import type { Packet } from "../../src/mqtt/packet.ts";
import type { PacketDecoder } from "../../src/mqtt/packet_decoder.ts";
import { toBytes } from "../../src/mqtt/packet_encoder.ts";
import { EVERY_VERSION, newDecoder, VERSION_NAMES } from "../../src/mqtt/packet_fixture.ts";
import { PacketError } from "../../src/mqtt/reason_code.ts";
import { Sender } from "../../src/mqtt/sender.ts";
import { legalPackets } from "./packet_arbitraries.ts";

const RUNS = 1000;

/** What a decoder makes of a stream: its packets, then the code of the error that ended it. */
type Outcome = (Packet | number)[];

for (const version of EVERY_VERSION) {
  for (const role of ["server", "client"] as const) {
    const sender = role === "server" ? Sender.CLIENT : Sender.SERVER;
    const stream = fc.array(legalPackets(version, sender), { minLength: 1, maxLength: 6 })
      .map((packets) => packets.map((packet) => toBytes(packet, version)))
      .map(concatenated);
    const cuts = fc.array(fc.nat(600), { maxLength: 12 });

    Deno.test(`[MQTT-6.0.0-2] PacketDecoder: any chunking decodes alike for a ${role} (${VERSION_NAMES[version]})`, () => {
      fc.assert(
        fc.property(stream, cuts, (bytes, cuts) => {
          const whole = decode(newDecoder(bytes, role, version), [bytes]);
          assert.ok(whole.every((it) => typeof it !== "number"));
          const chunks = cutAt(bytes, cuts);
          assert.deepEqual(decode(newDecoder(bytes, role, version), chunks), whole);
        }),
        { numRuns: RUNS },
      );
    });

    Deno.test(`PacketDecoder: any chunking is refused alike for a ${role} (${VERSION_NAMES[version]})`, () => {
      const damage = fc.tuple(fc.nat(600), fc.integer({ min: 1, max: 255 }));
      fc.assert(
        fc.property(stream, cuts, damage, (bytes, cuts, [at, mask]) => {
          const damaged = bytes.slice();
          damaged[at % damaged.length]! ^= mask;
          const whole = decode(newDecoder(damaged, role, version), [damaged]);
          const chunks = cutAt(damaged, cuts);
          assert.deepEqual(decode(newDecoder(damaged, role, version), chunks), whole);
        }),
        { numRuns: RUNS },
      );
    });
  }
}

/** Each chunk is overwritten when the decoder is done with it, as a read buffer would be. */
function decode(decoder: PacketDecoder, chunks: readonly Uint8Array[]): Outcome {
  const outcome: Outcome = [];
  try {
    for (const bytes of chunks) {
      const chunk = bytes.slice();
      decoder.push(chunk);
      for (let packet = decoder.next(); packet !== undefined; packet = decoder.next()) {
        outcome.push(structuredClone(packet));
      }
      chunk.fill(0xee);
    }
  } catch (error) {
    if (!(error instanceof PacketError)) throw error;
    outcome.push(error.reasonCode);
  }
  return outcome;
}

function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}
