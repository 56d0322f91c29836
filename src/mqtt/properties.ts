import type { QoS } from "./packet.ts";

/**
 * Properties of MQTT 5.0 (section 2.2.2.2) by packet. Absent means absent: no default is filled in
 * here. User properties keep their order and their duplicates [MQTT-3.3.2-17] [MQTT-3.3.2-18].
 */
export type UserProperties = readonly (readonly [name: string, value: string])[];

export interface ConnectProperties {
  sessionExpiryInterval?: number;
  receiveMaximum?: number;
  maximumPacketSize?: number;
  topicAliasMaximum?: number;
  requestResponseInformation?: boolean;
  requestProblemInformation?: boolean;
  userProperties?: UserProperties;
  authenticationMethod?: string;
  authenticationData?: Uint8Array;
}

export interface ConnackProperties {
  sessionExpiryInterval?: number;
  receiveMaximum?: number;
  maximumQoS?: QoS;
  retainAvailable?: boolean;
  maximumPacketSize?: number;
  assignedClientIdentifier?: string;
  topicAliasMaximum?: number;
  reasonString?: string;
  userProperties?: UserProperties;
  wildcardSubscriptionAvailable?: boolean;
  subscriptionIdentifiersAvailable?: boolean;
  sharedSubscriptionAvailable?: boolean;
  serverKeepAlive?: number;
  responseInformation?: string;
  serverReference?: string;
  authenticationMethod?: string;
  authenticationData?: Uint8Array;
}

/** The properties of a message that every receiver gets unaltered. */
export interface MessageProperties {
  payloadFormatIndicator?: 0 | 1;
  contentType?: string;
  responseTopic?: string;
  correlationData?: Uint8Array;
  userProperties?: UserProperties;
}

export interface PublishProperties extends MessageProperties {
  messageExpiryInterval?: number;
  topicAlias?: number;
  /** Several only from server to client: one for each matching subscription that has one. */
  subscriptionIdentifiers?: readonly number[];
}

export interface WillProperties extends MessageProperties {
  willDelayInterval?: number;
  messageExpiryInterval?: number;
}

/** PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK. */
export interface AckProperties {
  reasonString?: string;
  userProperties?: UserProperties;
}

export interface SubscribeProperties {
  subscriptionIdentifier?: number;
  userProperties?: UserProperties;
}

export interface UnsubscribeProperties {
  userProperties?: UserProperties;
}

export interface DisconnectProperties {
  sessionExpiryInterval?: number;
  reasonString?: string;
  userProperties?: UserProperties;
  serverReference?: string;
}

export interface AuthProperties {
  authenticationMethod?: string;
  authenticationData?: Uint8Array;
  reasonString?: string;
  userProperties?: UserProperties;
}

/** The one empty property list; frozen, so that every packet without properties can share it. */
export const NO_PROPERTIES: Readonly<Record<string, never>> = Object.freeze({});
