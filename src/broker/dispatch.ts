import { type Packet, PacketType } from "../mqtt/packet.ts";
import type { PublishAckType } from "../mqtt/packets/publish_ack.ts";
import { PacketError, ReasonCode } from "../mqtt/reason_code.ts";
import type { Connection } from "./connection.ts";
import type { BrokerContext } from "./context.ts";
import { handleAuth } from "./handlers/auth.ts";
import { handleConnect } from "./handlers/connect.ts";
import { handleDisconnect } from "./handlers/disconnect.ts";
import { handlePingreq } from "./handlers/pingreq.ts";
import { handlePuback } from "./handlers/puback.ts";
import { handlePubcomp } from "./handlers/pubcomp.ts";
import { handlePublish } from "./handlers/publish.ts";
import { handlePubrec } from "./handlers/pubrec.ts";
import { handlePubrel } from "./handlers/pubrel.ts";
import { handleSubscribe } from "./handlers/subscribe.ts";
import { handleUnsubscribe } from "./handlers/unsubscribe.ts";
import type { HandlerResult } from "./reply.ts";

/** Gives a packet to its handler. Before CONNACK only CONNECT, AUTH and DISCONNECT are legal. */
export function dispatch(
  context: BrokerContext,
  connection: Connection,
  packet: Packet,
): HandlerResult {
  if (connection.state !== "connected") return dispatchOpening(context, connection, packet);
  const session = connection.session!;
  switch (packet.type) {
    case PacketType.PUBLISH:
      return handlePublish(context, connection, session, packet);
    case PacketType.PUBACK:
    case PacketType.PUBREC:
    case PacketType.PUBREL:
    case PacketType.PUBCOMP:
      return dispatchAck(context, connection, packet.type, packet.packetId, packet.reasonCode);
    case PacketType.SUBSCRIBE:
      return handleSubscribe(context, connection, session, packet);
    case PacketType.UNSUBSCRIBE:
      return handleUnsubscribe(context, session, packet);
    case PacketType.PINGREQ:
      return handlePingreq();
    case PacketType.DISCONNECT:
      return handleDisconnect(context, connection, session, packet);
    case PacketType.AUTH:
      return handleAuth(context, connection, packet);
    case PacketType.CONNECT: // [MQTT-3.1.0-2]
      throw new PacketError(ReasonCode.ProtocolError, "a second CONNECT");
    case PacketType.CONNACK:
    case PacketType.SUBACK:
    case PacketType.UNSUBACK:
    case PacketType.PINGRESP:
      throw new PacketError(ReasonCode.ProtocolError, "a packet that only a server sends");
  }
}

/** The same for what `PacketDecoder.nextSuccess` took from a connected client. */
export function dispatchSuccess(
  context: BrokerContext,
  connection: Connection,
  success: number,
): HandlerResult {
  const type = success >> 16 as PublishAckType;
  return dispatchAck(context, connection, type, success & 0xffff, ReasonCode.Success);
}

function dispatchAck(
  context: BrokerContext,
  connection: Connection,
  type: PublishAckType,
  packetId: number,
  reasonCode: ReasonCode,
): HandlerResult {
  const session = connection.session!;
  switch (type) {
    case PacketType.PUBACK:
      return handlePuback(context, session, packetId, reasonCode);
    case PacketType.PUBREC:
      return handlePubrec(context, connection, session, packetId, reasonCode);
    case PacketType.PUBREL:
      return handlePubrel(context, connection, session, packetId);
    case PacketType.PUBCOMP:
      return handlePubcomp(context, session, packetId);
  }
}

function dispatchOpening(
  context: BrokerContext,
  connection: Connection,
  packet: Packet,
): HandlerResult {
  if (connection.connect === undefined && packet.type === PacketType.CONNECT) {
    return handleConnect(context, connection, packet);
  }
  if (connection.authentication !== undefined) {
    if (packet.type === PacketType.AUTH) return handleAuth(context, connection, packet);
    if (packet.type === PacketType.DISCONNECT) {
      connection.peerDisconnected(packet.reasonCode, "gave up authentication", true);
      return undefined;
    }
  }
  // [MQTT-3.1.0-1] [MQTT-3.1.2-30]
  throw new PacketError(ReasonCode.ProtocolError, "a packet before the connection was accepted");
}
