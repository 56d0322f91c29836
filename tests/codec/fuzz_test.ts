import assert from "#assert";
import fc from "fast-check";
import type { Packet, ProtocolVersion } from "../../src/mqtt/packet.ts";
import { toBytes } from "../../src/mqtt/packet_encoder.ts";
import { drain, EVERY_VERSION, newDecoder, VERSION_NAMES } from "../../src/mqtt/packet_fixture.ts";
import { PacketError } from "../../src/mqtt/reason_code.ts";
import { Sender } from "../../src/mqtt/sender.ts";
import { Mutator } from "./mutations.ts";
import { legalPackets } from "./packet_arbitraries.ts";

/**
 * Whatever bytes come, the decoder gives packets or throws PacketError. The seed of a run is
 * printed; `deno test tests/codec/fuzz_test.ts -- --seed=N` repeats it.
 */

/** Over all versions and both roles. */
const INPUTS = 1_000_000;
const DECODED_SHARE_MIN = 0.2;

/** Legal packets that are damaged, for each version and role. */
const CORPUS_SIZE = 1000;
/** Every so many packets that decode are encoded and decoded again. */
const ROUND_TRIP_EVERY = 10;

const ROLES = ["server", "client"] as const;
const INPUTS_EACH = Math.ceil(INPUTS / (EVERY_VERSION.length * ROLES.length));

const seed = seedOfRun();

for (const version of EVERY_VERSION) {
  for (const role of ROLES) {
    Deno.test(`PacketDecoder: any bytes give a ${role} packets or a PacketError (${VERSION_NAMES[version]})`, () => {
      const corpus = legalBytes(role, version);
      const mutator = new Mutator(seed + 10 * version + (role === "server" ? 0 : 1));
      let decoded = 0;
      for (let i = 0; i < INPUTS_EACH; i++) {
        const bytes = input(mutator, corpus);
        const packet = firstPacket(bytes, role, version);
        if (packet === undefined) continue;
        decoded++;
        if (decoded % ROUND_TRIP_EVERY === 0) requireRoundTrip(packet, role, version);
      }
      const share = decoded / INPUTS_EACH;
      const percent = (100 * share).toFixed(1);
      console.log(`${INPUTS_EACH} inputs from seed ${seed}: ${percent} % gave a packet`);
      assert.ok(share >= DECODED_SHARE_MIN, `only ${percent} % gave a packet`);
    });
  }
}

function seedOfRun(): number {
  const argument = Deno.args.find((arg) => arg.startsWith("--seed="));
  if (argument !== undefined) return Number(argument.slice("--seed=".length));
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

function legalBytes(role: "server" | "client", version: ProtocolVersion): Uint8Array[] {
  const sender = role === "server" ? Sender.CLIENT : Sender.SERVER;
  const packets = fc.sample(legalPackets(version, sender), { numRuns: CORPUS_SIZE, seed });
  return packets.map((packet) => toBytes(packet, version));
}

/** One in ten is noise, half of it behind a header that fits; the others are damaged packets. */
function input(mutator: Mutator, corpus: readonly Uint8Array[]): Uint8Array {
  const legal = corpus[mutator.below(corpus.length)]!;
  if (!mutator.chance(10)) return mutator.damaged(legal);
  return mutator.chance(50)
    ? mutator.randomBody(legal[0]!)
    : mutator.randomBytes(mutator.below(60));
}

/** The first packet, after everything was read; undefined when there is none. */
function firstPacket(
  bytes: Uint8Array,
  role: "server" | "client",
  version: ProtocolVersion,
): Packet | undefined {
  if (bytes.length === 0) return undefined;
  const decoder = newDecoder(bytes, role, version);
  decoder.push(bytes);
  let first: Packet | undefined;
  try {
    first = decoder.next();
    for (let packet = first; packet !== undefined; packet = decoder.next());
  } catch (error) {
    if (!(error instanceof PacketError)) {
      throw new Error(`seed ${seed}, bytes ${[...bytes].join()}`, { cause: error });
    }
  }
  return first;
}

/** What the decoder accepts the encoder accepts, and means the same by it. */
function requireRoundTrip(packet: Packet, role: "server" | "client", version: ProtocolVersion) {
  const actualVersion = "protocolVersion" in packet ? packet.protocolVersion : version;
  const bytes = toBytes(packet, actualVersion);
  const decoder = newDecoder(bytes, role, version);
  decoder.push(bytes);
  assert.deepEqual(drain(decoder), [packet]);
}
