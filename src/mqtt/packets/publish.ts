import type { PacketType, QoS } from "../packet.ts";
import type { PublishProperties } from "../properties.ts";

export interface Publish {
  readonly type: typeof PacketType.PUBLISH;
  readonly dup: boolean;
  readonly qos: QoS;
  readonly retain: boolean;
  /** Empty only together with a topic alias. */
  readonly topic: string;
  /** 1 … 65,535; 0 stands for none (QoS 0). */
  readonly packetId: number;
  /**
   * From the decoder: a view into the chunk that was pushed, valid until the decoder's owner
   * releases that chunk. Copy it to keep it.
   */
  readonly payload: Uint8Array;
  readonly properties: Readonly<PublishProperties>;
}
