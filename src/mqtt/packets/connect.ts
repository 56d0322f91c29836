import type { PacketType, ProtocolVersion, QoS } from "../packet.ts";
import type { ConnectProperties, WillProperties } from "../properties.ts";

export interface Connect {
  readonly type: typeof PacketType.CONNECT;
  readonly protocolVersion: ProtocolVersion;
  /**
   * The bridge bit (0x80 of the protocol level) that mosquitto bridges set in 3.1 and 3.1.1: the
   * peer is another broker. Always false in 5.0.
   */
  readonly bridge: boolean;
  /** Empty when the client asks the server to assign one. */
  readonly clientId: string;
  /** Clean Start of 5.0; Clean Session of 3.x. */
  readonly cleanStart: boolean;
  /** Seconds; 0 turns keep-alive off. */
  readonly keepAlive: number;
  readonly will: Will | undefined;
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
  readonly properties: Readonly<ConnectProperties>;
}

export interface Will {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly properties: Readonly<WillProperties>;
}
