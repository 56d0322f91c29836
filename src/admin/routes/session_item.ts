/** A session as the API shows it. */
import * as z from "zod";
import type { ProtocolVersion } from "../../mqtt/packet.ts";
import type { SessionView } from "../../broker/inspector/session_view.ts";
import type { WillView } from "../../broker/inspector/will_view.ts";
import { DROP_REASONS } from "../../events/observer.ts";
import { Problem } from "../http/problem.ts";
import { time, timeOf } from "../http/time.ts";
import { previewOf, previewShape, properties, propertiesItem } from "./message_item.ts";

/** What the API calls the versions of MQTT. */
export const PROTOCOLS = { "3.1": 3, "3.1.1": 4, "5.0": 5 } as const satisfies Record<
  string,
  ProtocolVersion
>;

export const protocol = z.enum(Object.keys(PROTOCOLS) as [keyof typeof PROTOCOLS]);

const bytes = z.int().min(0);

const connection = z.strictObject({
  remote_address: z.string(),
  keep_alive: z.int().meta({ description: "Seconds in force; 0: none." }),
  messages_received: z.int().meta({ description: "PUBLISH packets of this connection." }),
  messages_sent: z.int(),
  bytes_received: bytes,
  bytes_sent: bytes,
  pending_bytes: bytes.meta({ description: "Not yet taken by the network." }),
  congestion: z.enum(["clear", "congested", "slow", "ended"]),
});

const memory = z.strictObject({
  session: bytes,
  connection: bytes,
  subscriptions: bytes,
  queue: bytes,
  inflight: bytes,
  total: bytes,
});

export const session = z.strictObject({
  client_id: z.string(),
  node: z.string().meta({ description: "The node that has it." }),
  username: z.string().nullable(),
  connected: z.boolean(),
  protocol,
  durable: z.boolean().meta({ description: "Whether it outlives its connection." }),
  clean_start: z.boolean(),
  connected_at: time.meta({ description: "Of the latest connection." }),
  disconnected_at: time.nullable().meta({ description: "`null` while it is connected." }),
  expiry_interval: z.int().nullable().meta({
    description: "Seconds that it outlives its connection; `null`: it does not expire.",
  }),
  expires_at: time.nullable().meta({ description: "Unless its client comes back." }),
  has_will: z.boolean(),
  receive_maximum: z.int().meta({ description: "In force: the client's, within the broker's." }),
  maximum_packet_size: z.int().nullable().meta({ description: "`null`: the client sets none." }),
  topic_alias_maximum: z.int(),
  subscriptions: z.int(),
  queue_len: z.int().meta({ description: "Messages that wait for the client." }),
  queue_bytes: bytes,
  inflight: z.int().meta({ description: "QoS 1 and 2 messages under way to the client." }),
  received: z.int().meta({ description: "QoS 2 messages of the client that wait for PUBREL." }),
  dropped: z.int().meta({ description: "Messages for the client that were dropped." }),
  drops: z.partialRecord(z.enum(DROP_REASONS), z.int()).meta({ description: "By reason." }),
  memory: memory.meta({ description: "Bytes by cause, estimated." }),
  connection: connection.nullable(),
}).meta({ id: "Session" });

const will = z.strictObject({
  topic: z.string(),
  qos: z.int(),
  retain: z.boolean(),
  delay_interval: z.int().meta({ description: "Seconds after the connection ends." }),
  message_expiry_interval: z.int().nullable().meta({ description: "Seconds; `null`: never." }),
  due_at: time.nullable().meta({
    description: "When it is published unless the client comes back; `null` while that is there.",
  }),
  size: bytes.meta({ description: "Of the whole payload." }),
  properties,
  ...previewShape,
}).meta({ id: "Will" });

/** A session by itself. */
export const sessionDetail = session.extend({
  will: will.nullable().meta({ description: "`null`: there is none." }),
}).meta({ id: "SessionDetail" });

export function willItem(view: WillView | undefined): z.input<typeof will> | null {
  if (view === undefined) return null;
  const { topic, qos, retain, dueAt, size } = view;
  const { willDelayInterval, messageExpiryInterval, ...rest } = view.properties;
  return {
    topic,
    qos,
    retain,
    delay_interval: willDelayInterval ?? 0,
    message_expiry_interval: messageExpiryInterval ?? null,
    due_at: optionalTime(dueAt),
    size,
    properties: propertiesItem(rest),
    ...previewOf(view),
  };
}

/** The session expiry interval that means "never". */
const NEVER = 0xffff_ffff;

export function sessionItem(view: SessionView, node: string): z.input<typeof session> {
  const { memory, connection } = view;
  return {
    client_id: view.clientId,
    node,
    username: view.username ?? null,
    connected: view.connected,
    protocol: protocolName(view.protocolVersion),
    durable: view.durable,
    clean_start: view.cleanStart,
    connected_at: timeOf(view.connectedAt),
    disconnected_at: optionalTime(view.disconnectedAt),
    expiry_interval: view.expiryInterval === NEVER ? null : view.expiryInterval,
    expires_at: optionalTime(view.expiresAt),
    has_will: view.hasWill,
    receive_maximum: view.receiveMaximum,
    maximum_packet_size: view.maximumPacketSize ?? null,
    topic_alias_maximum: view.topicAliasMaximum,
    subscriptions: view.subscriptions,
    queue_len: view.queued,
    queue_bytes: view.queuedBytes,
    inflight: view.inFlight,
    received: view.received,
    dropped: view.dropped,
    drops: view.drops,
    memory: {
      session: memory.session,
      connection: memory.connection,
      subscriptions: memory.subscriptions,
      queue: memory.queue,
      inflight: memory.inFlight,
      total: memory.total,
    },
    connection: connection === undefined ? null : connectionItem(connection),
  };
}

function connectionItem(
  view: NonNullable<SessionView["connection"]>,
): z.input<typeof connection> {
  return {
    remote_address: view.remoteAddress,
    keep_alive: view.keepAlive,
    messages_received: view.messagesReceived,
    messages_sent: view.messagesSent,
    bytes_received: view.bytesReceived,
    bytes_sent: view.bytesSent,
    pending_bytes: view.pendingBytes,
    congestion: view.congestion,
  };
}

function protocolName(version: ProtocolVersion): keyof typeof PROTOCOLS {
  switch (version) {
    case 3:
      return "3.1";
    case 4:
      return "3.1.1";
    case 5:
      return "5.0";
  }
}

function optionalTime(ms: number | undefined): string | null {
  return ms === undefined ? null : timeOf(ms);
}

export function noSession(clientId: string): Problem {
  return new Problem("session_not_found", `there is no session of ${JSON.stringify(clientId)}`);
}
