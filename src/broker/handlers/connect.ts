import type { AuthRequest, AuthResult } from "../../auth/auth.ts";
import { randomHex } from "../../base/random.ts";
import { SessionUnavailableError } from "../../cluster/cluster.ts";
import { PacketType } from "../../mqtt/packet.ts";
import type { Auth } from "../../mqtt/packets/auth.ts";
import type { Connack } from "../../mqtt/packets/connack.ts";
import type { Connect } from "../../mqtt/packets/connect.ts";
import {
  type ConnackProperties,
  NO_PROPERTIES,
  type UserProperties,
} from "../../mqtt/properties.ts";
import { ReasonCode } from "../../mqtt/reason_code.ts";
import { isValidTopicName } from "../../mqtt/topic.ts";
import { StoreError } from "../../storage/store.ts";
import { type AuthOutcome, type PendingAuthentication, settleAuth } from "../authentication.ts";
import { connackProperties, effectiveKeepAlive } from "../capabilities.ts";
import type { Connection } from "../connection.ts";
import type { BrokerContext } from "../context.ts";
import { USER_PROPERTIES_MAX } from "../limits.ts";
import {
  clientIdProblem,
  ConnectRefusal,
  type DiagnosticsPolicy,
  type HandlerResult,
  type Reply,
  requestedExpiry,
  withReasonString,
  withUserProperties,
} from "../reply.ts";
import { isSystemTopic } from "../system_topics.ts";

/** Receive Maximum of a client that names none (section 3.1.2.11.3). */
const RECEIVE_MAXIMUM_DEFAULT = 65_535;

/** Bytes of randomness in an assigned client identifier. */
const ASSIGNED_ID_BYTES = 12;

type AuthRefusal = Extract<AuthResult, { kind: "refused" }>;

const UNKNOWN_METHOD: AuthRefusal = {
  kind: "refused",
  reasonCode: ReasonCode.BadAuthenticationMethod,
  reasonString: "method not supported",
};

/** CONNECT (section 3.1): checks, authentication, then the session. */
export function handleConnect(
  context: BrokerContext,
  connection: Connection,
  connect: Connect,
): HandlerResult {
  connection.open(connect);
  const problem = checkConnect(context, connect);
  if (problem !== undefined) return refuse(connect, problem.reasonCode, problem.text);
  const assigned = connect.clientId === "";
  const clientId = assigned ? newClientId(context) : connect.clientId;
  return authenticate(context, connection, {
    connect,
    clientId,
    remoteAddress: connection.transport.remoteAddress,
    peerCertificate: connection.transport.peerCertificate,
  });
}

/** What the broker does not allow, before it asks who the client is. */
function checkConnect(
  context: BrokerContext,
  connect: Connect,
): { reasonCode: ReasonCode; text: string } | undefined {
  const { limits } = context;
  if (!limits.protocolVersions.includes(connect.protocolVersion)) { // [MQTT-3.1.2-2]
    return { reasonCode: ReasonCode.UnsupportedProtocolVersion, text: "version not enabled" };
  }
  const idProblem = clientIdProblem(connect);
  if (idProblem !== undefined) { // [MQTT-3.1.3-8]
    return { reasonCode: ReasonCode.ClientIdentifierNotValid, text: idProblem };
  }
  const { will } = connect;
  if (will === undefined) return undefined;
  if (will.qos > limits.maximumQoS) { // [MQTT-3.2.2-12]
    return { reasonCode: ReasonCode.QoSNotSupported, text: "will QoS above the maximum" };
  }
  if (will.retain && !limits.retainAvailable) { // [MQTT-3.2.2-13]
    return { reasonCode: ReasonCode.RetainNotSupported, text: "retained messages are turned off" };
  }
  if (!isValidTopicName(will.topic) || isSystemTopic(will.topic)) {
    return { reasonCode: ReasonCode.TopicNameInvalid, text: "will topic not allowed" };
  }
  if ((will.properties.userProperties?.length ?? 0) > USER_PROPERTIES_MAX) {
    return { reasonCode: ReasonCode.QuotaExceeded, text: "will with too many user properties" };
  }
  if (will.payload.length > limits.messageSizeMax) {
    return { reasonCode: ReasonCode.PacketTooLarge, text: "will message too large" };
  }
  return undefined;
}

/** A client identifier that no session has [MQTT-3.1.3-6] [MQTT-3.2.2-16]. */
function newClientId(context: BrokerContext): string {
  for (;;) {
    const clientId = `auto-${randomHex(context.random, ASSIGNED_ID_BYTES)}`;
    if (context.sessions.get(clientId) === undefined) return clientId;
  }
}

async function authenticate(
  context: BrokerContext,
  connection: Connection,
  request: AuthRequest,
): Promise<Reply> {
  const { connect } = request;
  const { authenticationMethod: method, authenticationData } = connect.properties;
  if (method === undefined) {
    const outcome = await settleAuth(() => context.authenticator.authenticate(request));
    return proceed(context, connection, request, outcome);
  }
  const exchange = context.authenticator.begin(method, request);
  if (exchange === undefined) { // [MQTT-4.12.0-1]
    return refuseAuth(context, request, UNKNOWN_METHOD);
  }
  connection.authentication = { connect, request, method, exchange };
  return continueConnect(context, connection, connection.authentication, authenticationData);
}

/** The next step of an enhanced authentication that leads to CONNACK. */
export async function continueConnect(
  context: BrokerContext,
  connection: Connection,
  pending: PendingAuthentication,
  data: Uint8Array | undefined,
): Promise<Reply> {
  const outcome = await settleAuth(() => pending.exchange!.next(data));
  return proceed(context, connection, pending.request, outcome);
}

function proceed(
  context: BrokerContext,
  connection: Connection,
  request: AuthRequest,
  outcome: AuthOutcome,
): Reply | Promise<Reply> {
  if (connection.state !== "opening") return undefined;
  switch (outcome.kind) {
    case "failed":
      context.log.error("authentication failed to run", { error: String(outcome.error) });
      return refuse(request.connect, ReasonCode.ServerUnavailable, "cannot authenticate now");
    case "refused":
      return refuseAuth(context, request, outcome);
    case "continue": { // [MQTT-4.12.0-2]
      const challenge = authPacket(
        ReasonCode.ContinueAuthentication,
        connection.authentication!.method,
        outcome.data,
      );
      return connection.output.hasRoomFor(challenge)
        ? challenge
        : refuse(request.connect, ReasonCode.ImplementationSpecificError, "no room for an AUTH");
    }
    case "accepted":
      context.observer.authSucceeded?.(request.clientId, request.remoteAddress);
      connection.authenticated(outcome.identity);
      if (connection.authentication !== undefined) connection.authentication.exchange = undefined;
      return openSession(context, connection, request, outcome.data);
  }
}

export function authPacket(
  reasonCode: ReasonCode,
  method: string,
  data: Uint8Array | undefined,
): Auth {
  return { type: PacketType.AUTH, reasonCode, properties: authProperties(method, data) };
}

function authProperties(method: string, data: Uint8Array | undefined) {
  return data === undefined
    ? { authenticationMethod: method }
    : { authenticationMethod: method, authenticationData: data };
}

async function openSession(
  context: BrokerContext,
  connection: Connection,
  request: AuthRequest,
  authData: Uint8Array | undefined,
): Promise<Reply> {
  const { limits, sessions, log } = context;
  const { connect, clientId } = request;
  const expiryInterval = Math.min(
    requestedExpiry(connect, limits.defaultExpirySeconds),
    limits.expirySecondsMax,
  );
  const keepAliveSeconds = effectiveKeepAlive(connect, limits);
  const method = connection.authentication?.method;
  const properties: ConnackProperties = {
    ...connackProperties(connect, clientId, limits, { expiryInterval, keepAliveSeconds }),
    ...(method === undefined ? {} : authProperties(method, authData)), // [MQTT-4.12.0-5]
  };
  if (!connection.output.hasRoomFor(accepted(false, properties))) { // [MQTT-3.2.0-1]
    return refuse(connect, ReasonCode.ImplementationSpecificError, "no room for a CONNACK");
  }
  try {
    const result = await sessions.open({
      clientId,
      connect,
      identity: connection.identity,
      expiryInterval,
      receiveMaximum: connect.properties.receiveMaximum ?? RECEIVE_MAXIMUM_DEFAULT,
      topicAliasMaximum: Math.min(
        connect.properties.topicAliasMaximum ?? 0,
        limits.topicAliasMaximum,
      ),
      connection,
      accept: (sessionPresent) => ({
        keepAliveSeconds,
        connack: accepted(sessionPresent, properties),
      }),
    });
    return result === "full"
      ? refuse(connect, ReasonCode.QuotaExceeded, "no more sessions are allowed")
      : undefined;
  } catch (error) {
    const unavailable = error instanceof SessionUnavailableError;
    const full = error instanceof StoreError && error.kind === "full";
    log.warn("cannot open a session", { clientId, error: String(error) });
    return refuse(
      connect,
      full ? ReasonCode.QuotaExceeded : ReasonCode.ServerUnavailable,
      unavailable ? "the session is on a node that cannot be reached" : "cannot store the session",
    );
  }
}

function accepted(sessionPresent: boolean, properties: ConnackProperties): Connack {
  return {
    type: PacketType.CONNACK,
    sessionPresent,
    reasonCode: ReasonCode.Success, // [MQTT-3.1.4-5]
    properties,
  };
}

function refuseAuth(
  context: BrokerContext,
  request: AuthRequest,
  refused: AuthRefusal,
): ConnectRefusal {
  const { reasonCode, reasonString = "not authorized", userProperties } = refused;
  context.statistics.authErrors++;
  context.observer.authFailed?.(request.clientId, request.remoteAddress, reasonString);
  return refuse(request.connect, reasonCode, reasonString, userProperties);
}

/** CONNACK that refuses: never with Session Present [MQTT-3.2.2-6]. */
function refuse(
  connect: Connect,
  reasonCode: ReasonCode,
  reason: string,
  userProperties?: UserProperties,
): ConnectRefusal {
  const connack: Connack = {
    type: PacketType.CONNACK,
    sessionPresent: false,
    reasonCode,
    properties: NO_PROPERTIES,
  };
  const policy: DiagnosticsPolicy = {
    protocolVersion: connect.protocolVersion,
    requestProblemInformation: connect.properties.requestProblemInformation ?? true,
    maximumPacketSize: connect.properties.maximumPacketSize,
  };
  const packet = withReasonString(connack, reason, policy); // [MQTT-3.2.2-19]
  return new ConnectRefusal(
    userProperties === undefined ? packet : withUserProperties(packet, userProperties, policy), // [MQTT-3.2.2-20]
    reason,
  );
}
