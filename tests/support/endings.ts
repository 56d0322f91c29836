import type { ReasonCode } from "../../src/mqtt/reason_code.ts";
import type { PacketOf, RawClient } from "./raw_client.ts";

/**
 * The broker refuses the CONNECT: CONNACK with the code of the client's version, without Session
 * Present, then nothing more. `returnCode` undefined: a 3.x client gets no answer at all.
 */
export async function expectRefused(
  client: RawClient,
  reasonCode: ReasonCode,
  returnCode: number | undefined,
): Promise<PacketOf<"connack"> | undefined> {
  let connack: PacketOf<"connack"> | undefined;
  if (client.protocolVersion === 5) {
    connack = await client.expect("connack", { reasonCode, sessionPresent: false });
  } else if (returnCode !== undefined) {
    connack = await client.expect("connack", { returnCode, sessionPresent: false });
  }
  await client.expectClosed();
  return connack;
}

/** The broker ends a connection: DISCONNECT with the reason code in 5.0, without a word in 3.x. */
export async function expectDisconnected(
  client: RawClient,
  reasonCode: ReasonCode,
): Promise<PacketOf<"disconnect"> | undefined> {
  const disconnect = client.protocolVersion === 5
    ? await client.expect("disconnect", { reasonCode })
    : undefined;
  await client.expectClosed();
  return disconnect;
}
