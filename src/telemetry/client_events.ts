/**
 * What happens to clients, as events: made once from what observers are told, for the timeline of
 * each session and for the live stream.
 */
import type { Clock } from "../base/clock.ts";
import type { BrokerObserver } from "../events/observer.ts";

export type ClientEventType =
  | "connected"
  | "disconnected"
  | "taken_over"
  | "session_ended"
  | "subscribed"
  | "unsubscribed"
  | "dropped"
  | "auth_failed"
  | "publish_denied"
  | "subscribe_denied";

export interface ClientEvent {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly type: ClientEventType;
  readonly clientId: string;
  /** By type: what `observeClients` says. Plain JSON. */
  readonly detail: Readonly<Record<string, string | number | boolean | undefined>>;
}

type Told = (event: ClientEvent) => void;

/** Tells every event but dropped messages, which come by the thousand. */
export function observeClients(clock: Clock, tell: Told): BrokerObserver {
  const event = (type: ClientEventType, clientId: string, detail: ClientEvent["detail"]) =>
    tell({ at: clock.now(), type, clientId, detail });
  return {
    clientConnected: ({ clientId, username, protocolVersion, remoteAddress, cleanStart }) =>
      event("connected", clientId, { username, protocolVersion, remoteAddress, cleanStart }),
    clientDisconnected: ({ clientId, username, remoteAddress }, reasonCode, reason) =>
      event("disconnected", clientId, { username, remoteAddress, reasonCode, reason }),
    sessionTakenOver: (clientId, fromNode, toNode) =>
      event("taken_over", clientId, { fromNode, toNode }),
    sessionEnded: (clientId, cause) => event("session_ended", clientId, { cause }),
    subscriptionCreated: (clientId, { topicFilter, qos }) =>
      event("subscribed", clientId, { topicFilter, qos }),
    subscriptionRemoved: (clientId, topicFilter) =>
      event("unsubscribed", clientId, { topicFilter }),
    authFailed: (clientId, remoteAddress, reason) =>
      event("auth_failed", clientId, { remoteAddress, reason }),
    publishDenied: (clientId, topic, reason) =>
      event("publish_denied", clientId, { topic, reason }),
    subscribeDenied: (clientId, topicFilter, reason) =>
      event("subscribe_denied", clientId, { topicFilter, reason }),
  };
}
