import type { SessionRecord } from "../storage/store.ts";
import type { ClientSession } from "./context.ts";

/** What the store keeps of a session besides its messages. */
export function sessionRecord(session: ClientSession): SessionRecord {
  return {
    clientId: session.clientId,
    epoch: session.epoch,
    protocolVersion: session.protocolVersion,
    username: session.username,
    cleanStart: session.cleanStart,
    expiryInterval: session.expiryInterval,
    connected: session.disconnectedAt === undefined,
    connectedAt: session.connectedAt,
    disconnectedAt: session.disconnectedAt,
    receiveMaximum: session.receiveMaximum,
    maximumPacketSize: session.maximumPacketSize,
    topicAliasMaximum: session.topicAliasMaximum,
    requestResponseInformation: session.requestResponseInformation,
    requestProblemInformation: session.requestProblemInformation,
  };
}
