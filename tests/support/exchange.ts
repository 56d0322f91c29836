import type {
  ConnectOptions,
  Expected,
  PacketOf,
  PublishOptions,
  RawClient,
} from "./raw_client.ts";

/** What CONNECT says for a session that outlives its connection, and resumes one that there is. */
export function durable(protocolVersion: number, clientId: string): ConnectOptions {
  const options = { clientId, protocolVersion: protocolVersion as 3 | 4 | 5, clean: false };
  if (protocolVersion !== 5) return options;
  return { ...options, properties: { sessionExpiryInterval: 3600 } };
}

/** Publishes and completes the exchange, whatever its QoS; the client has to be sent nothing else. */
export async function publish(
  client: RawClient,
  topic: string,
  payload: string | Uint8Array,
  options: PublishOptions = {},
): Promise<void> {
  const answer = await client.publish(topic, payload, options);
  if (answer?.cmd === "pubrec") await client.release(answer.messageId!);
}

/** Takes a PUBLISH that agrees with `expected` and completes its exchange, whatever its QoS. */
export async function receive(
  client: RawClient,
  expected: Expected<PacketOf<"publish">> = {},
): Promise<PacketOf<"publish">> {
  const publish = await client.expect<"publish">("publish", expected);
  await acknowledge(client, publish);
  return publish;
}

/** Completes the exchange of a PUBLISH that was taken. */
export async function acknowledge(client: RawClient, publish: PacketOf<"publish">): Promise<void> {
  const messageId = publish.messageId!;
  if (publish.qos === 1) await client.send({ cmd: "puback", messageId });
  if (publish.qos !== 2) return;
  await client.send({ cmd: "pubrec", messageId });
  await client.expect("pubrel", { messageId });
  await client.send({ cmd: "pubcomp", messageId });
}

/** Everything that was sent to the client up to now, in order; each exchange is completed. */
export async function receiveAll(client: RawClient): Promise<PacketOf<"publish">[]> {
  const publishes: PacketOf<"publish">[] = [];
  for (;;) {
    const packets = await client.untilPing();
    if (packets.length === 0) return publishes;
    for (const packet of packets) {
      const { messageId } = packet;
      if (packet.cmd === "pubrel") await client.send({ cmd: "pubcomp", messageId: messageId! });
      if (packet.cmd !== "publish") continue;
      publishes.push(packet);
      if (packet.qos === 1) await client.send({ cmd: "puback", messageId: messageId! });
      if (packet.qos === 2) await client.send({ cmd: "pubrec", messageId: messageId! });
    }
  }
}

/** The payloads of `publishes` as text. */
export function payloads(publishes: readonly PacketOf<"publish">[]): string[] {
  return publishes.map(({ payload }) => payload.toString());
}

/** The broker ends the connection: to a client of 5.0 it says why, to one of 3.x it cannot. */
export async function expectEnded(client: RawClient, reasonCode: number): Promise<void> {
  if (client.protocolVersion === 5) await client.expect("disconnect", { reasonCode });
  await client.expectClosed();
}
