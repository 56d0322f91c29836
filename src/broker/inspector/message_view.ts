/** What is to be known of one message. A copy: it outlives the message. */
import type { Message } from "../../mqtt/message.ts";
import type { QoS } from "../../mqtt/packet.ts";
import type { MessageProperties } from "../../mqtt/properties.ts";

/** Bytes of a payload in a list. */
export const PREVIEW_BYTES_MAX = 4_096;

/** Times in milliseconds since the epoch. */
export interface MessageView {
  readonly topic: string;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly properties: Readonly<MessageProperties>;
  /** Undefined for messages of the broker itself. */
  readonly publisher: string | undefined;
  readonly receivedAt: number;
  /** Undefined: never. */
  readonly expiresAt: number | undefined;
  /** Bytes of the whole payload. */
  readonly size: number;
  /** Its first bytes, or all of them. */
  readonly payload: Uint8Array;
}

/** `bytesMax`: of the payload. */
export function messageView(message: Message, bytesMax = PREVIEW_BYTES_MAX): MessageView {
  const { topic, qos, retain, properties, publisher, receivedAt, expiresAt, payload } = message;
  return {
    topic,
    qos,
    retain,
    properties,
    publisher,
    receivedAt,
    expiresAt,
    size: payload.length,
    payload: new Uint8Array(payload.subarray(0, bytesMax)),
  };
}
