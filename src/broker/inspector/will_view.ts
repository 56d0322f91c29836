/** What would be published if a client were gone for good. A copy: it outlives the will. */
import type { QoS } from "../../mqtt/packet.ts";
import type { WillProperties } from "../../mqtt/properties.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { PREVIEW_BYTES_MAX } from "./message_view.ts";

export interface WillView {
  readonly topic: string;
  readonly qos: QoS;
  readonly retain: boolean;
  /** With the Will Delay Interval and the Message Expiry Interval, in seconds. */
  readonly properties: Readonly<WillProperties>;
  /** Milliseconds since the epoch: the client is gone and the delay runs; undefined while it is there. */
  readonly dueAt: number | undefined;
  /** Bytes of the whole payload. */
  readonly size: number;
  /** Its first {@linkcode PREVIEW_BYTES_MAX}, or all of them. */
  readonly payload: Uint8Array;
}

/** Undefined: there is none, or it is published already. */
export function willView({ wills }: BrokerContext, session: ClientSession): WillView | undefined {
  const delayed = wills.recordOf(session);
  const will = session.will ?? delayed?.will;
  if (will === undefined) return undefined;
  const { topic, qos, retain, properties, payload } = will;
  return {
    topic,
    qos,
    retain,
    properties,
    dueAt: delayed?.dueAt,
    size: payload.length,
    payload: new Uint8Array(payload.subarray(0, PREVIEW_BYTES_MAX)),
  };
}
