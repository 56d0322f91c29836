/** What CONNACK tells the client about this broker (MQTT 5.0 section 3.2.2.3). */
import type { Connect } from "../mqtt/packets/connect.ts";
import type { ConnackProperties } from "../mqtt/properties.ts";
import { isValidTopicName } from "../mqtt/topic.ts";
import type { BrokerLimits } from "./limits.ts";
import { hasReasonCodes } from "./reply.ts";

/** The Keep Alive that holds, in seconds: the client's, or the server's when that asks for less. */
export function effectiveKeepAlive(connect: Connect, limits: BrokerLimits): number {
  const { keepAliveSecondsMax } = limits;
  // A 3.x client cannot be told another value, so it keeps its own.
  if (keepAliveSecondsMax === 0 || !hasReasonCodes(connect.protocolVersion)) {
    return connect.keepAlive;
  }
  const tooLong = connect.keepAlive === 0 || connect.keepAlive > keepAliveSecondsMax;
  return tooLong ? keepAliveSecondsMax : connect.keepAlive;
}

/** Only what differs from what the specification lets a client assume. */
export function connackProperties(
  connect: Connect,
  clientId: string,
  limits: BrokerLimits,
  granted: { readonly expiryInterval: number; readonly keepAliveSeconds: number },
): ConnackProperties {
  const asked = connect.properties;
  const properties: ConnackProperties = {
    receiveMaximum: limits.receiveMaximum,
    maximumPacketSize: limits.packetSizeMax,
    topicAliasMaximum: limits.topicAliasMaximum,
  };
  if ((asked.sessionExpiryInterval ?? 0) !== granted.expiryInterval) {
    properties.sessionExpiryInterval = granted.expiryInterval;
  }
  if (limits.maximumQoS < 2) properties.maximumQoS = limits.maximumQoS; // [MQTT-3.2.2-9]
  if (!limits.retainAvailable) properties.retainAvailable = false;
  if (connect.clientId === "") properties.assignedClientIdentifier = clientId; // [MQTT-3.1.3-7]
  if (granted.keepAliveSeconds !== connect.keepAlive) {
    properties.serverKeepAlive = granted.keepAliveSeconds;
  }
  const responseInformation = responseTopicFor(clientId);
  if (asked.requestResponseInformation === true && responseInformation !== undefined) {
    properties.responseInformation = responseInformation;
  }
  return properties;
}

/**
 * The topic under which a client may ask for responses (section 4.10). None for a client identifier
 * that would not be one clean level of a topic.
 */
function responseTopicFor(clientId: string): string | undefined {
  const topic = `response/${clientId}`;
  return clientId.includes("/") || !isValidTopicName(topic) ? undefined : topic;
}
