/** Messages as large as they may be, and larger, from a file. */
import assert from "#assert";
import { mosquittoPublish, MosquittoSubscriber, startPublisher } from "../support/mosquitto.ts";
import { RealBroker } from "../support/real_broker.ts";
import { testVersions } from "../support/test_broker.ts";

const MAX_MESSAGE_BYTES = 1024 * 1024;

/** A file with bytes of every value. */
class Payload implements AsyncDisposable {
  private constructor(readonly file: string, readonly bytes: Uint8Array) {}

  static async of(length: number): Promise<Payload> {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff);
    const file = await Deno.makeTempFile();
    await Deno.writeFile(file, bytes);
    return new Payload(file, bytes);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Deno.remove(this.file);
  }
}

testVersions(
  "mosquitto: a file of exactly broker.max_message_size arrives byte by byte",
  [3, 4, 5],
  async (version) => {
    await using broker = await RealBroker.start();
    await using payload = await Payload.of(MAX_MESSAGE_BYTES);
    await using subscriber = await MosquittoSubscriber.start(broker, {
      version,
      topics: ["large"],
      args: ["-F", "%x"],
    });
    for (const qos of [0, 1, 2]) {
      await mosquittoPublish(broker, { version, topic: "large", qos, args: ["-f", payload.file] });
      const [hex] = await subscriber.program.line(/^[0-9a-f]{100,}$/);
      assert.ok(hex === payload.bytes.toHex(), "other bytes");
    }
  },
);

testVersions("mosquitto: a file that is larger ends the connection of its publisher only", [
  3,
  4,
  5,
], async (version) => {
  await using broker = await RealBroker.start();
  await using subscriber = await MosquittoSubscriber.start(broker, { version, topics: ["#"] });
  await using payload = await Payload.of(MAX_MESSAGE_BYTES + 1);
  const args = ["-f", payload.file];
  await using publisher = startPublisher(broker, { version, topic: "large", qos: 1, args });
  if (version === 5) await publisher.line(/^Received DISCONNECT \(149\)$/);
  await broker.program.errorLine(/protocol error .*reasonCode=149/);
  await mosquittoPublish(broker, { version, topic: "small", message: "m", qos: 1 });
  assert.equal((await subscriber.next()).topic, "small");
});
