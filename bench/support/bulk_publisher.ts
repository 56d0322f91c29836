import type { ClientLoop } from "../load/client_loop.ts";
import { publishTemplate } from "../load/packets.ts";
import { ScriptedClient } from "./scripted_client.ts";

/** Below the Receive Maximum of the broker. */
const WINDOW = 500;
const PACKET_ID_MAX = 65_535;
const WAIT_SECONDS = 0.05;

export interface BulkMessages {
  readonly count: number;
  readonly topicOf: (index: number) => string;
  readonly retain: boolean;
  /** Of a payload, in bytes. They are random, so that no store can press them. */
  readonly size: number;
}

/** Publishes messages at QoS 1, each once, and waits until the broker has acknowledged all. */
export function publishAll(loop: ClientLoop, messages: BulkMessages): void {
  const publisher = new ScriptedClient({ clientId: `bulk-${Deno.pid}` }, loop);
  loop.connect([publisher]);
  for (let sent = 0; publisher.acknowledged < messages.count;) {
    while (sent < messages.count && sent - publisher.acknowledged < WINDOW) {
      publisher.send(message(messages, sent++));
    }
    loop.poll(WAIT_SECONDS);
    if (publisher.failure !== undefined) throw new Error(publisher.failure);
  }
  publisher.disconnect();
}

function message({ topicOf, retain, size }: BulkMessages, index: number): Uint8Array {
  const template = publishTemplate(topicOf(index), { qos: 1, retain, size });
  const { bytes, packetIdOffset, payloadOffset } = template;
  const packetId = 1 + index % PACKET_ID_MAX;
  bytes[packetIdOffset!] = packetId >> 8;
  bytes[packetIdOffset! + 1] = packetId & 0xff;
  crypto.getRandomValues(bytes.subarray(payloadOffset));
  return bytes;
}
