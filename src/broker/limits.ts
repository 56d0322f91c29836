import type { ProtocolVersion, QoS } from "../mqtt/packet.ts";
import type { QueueLimits } from "../session/queue.ts";

/** Every bound of the broker that an operator can set. Times in the unit of the name. */
export interface BrokerLimits {
  /** Bytes of payload of one message. */
  readonly messageSizeMax: number;
  /** Bytes of one packet from a client, announced as Maximum Packet Size. */
  readonly packetSizeMax: number;
  readonly retainedMessagesMax: number;
  /** 0: no bound. Longer ones are answered with Server Keep Alive (5.0); 3.x clients keep theirs. */
  readonly keepAliveSecondsMax: number;
  /** QoS 1 and 2 messages of one client whose exchange is not finished; 1 … 65,535. */
  readonly receiveMaximum: number;
  /** Aliases that a client may set, and the most that the broker assigns to one; 0 … 65,535. */
  readonly topicAliasMaximum: number;
  readonly maximumQoS: QoS;
  readonly retainAvailable: boolean;
  readonly protocolVersions: readonly ProtocolVersion[];
  /** What happens to a 3.x client whose PUBLISH is refused: it cannot be told. */
  readonly v3RefusedPublish: "disconnect" | "acknowledge";
  /** Only 3.x clients; 0 turns it off. */
  readonly retryIntervalMs: number;
  /** 0: no bound. Beyond it the connection is closed. */
  readonly retriesMax: number;
  /** How long a receiver over its high-water mark is waited for before it counts as slow. */
  readonly slowReceiverGraceMs: number;
  /** Bytes of unsent output: over the high mark a receiver is congested, under the low one clear. */
  readonly outputHighWater: number;
  readonly outputLowWater: number;
  /** Bytes of unsent output beyond which QoS 0 for a slow receiver is dropped. */
  readonly outputMax: number;
  readonly sessionsMax: number;
  /** Of 3.x clients with clean session 0. */
  readonly defaultExpirySeconds: number;
  /** Cap on what 5.0 clients ask for; `SESSION_EXPIRY_NEVER` for none. */
  readonly expirySecondsMax: number;
  readonly queue: QueueLimits;
  /** Unacknowledged QoS 1 and 2 messages towards one client, besides its own Receive Maximum. */
  readonly inflightMax: number;
  readonly subscriptionsMax: number;
  /** From the connection to the whole of CONNECT; later, without any more of a packet that has begun. */
  readonly readTimeoutMs: number;
  /** For one write that makes no progress. */
  readonly writeTimeoutMs: number;
  /** Between sweeps for expired messages in queues and retained messages. */
  readonly expirySweepMs: number;
}

/** The most bytes that the headers of a PUBLISH may need besides its payload: topic and properties. */
export const PUBLISH_HEADER_BYTES_MAX = 128 * 1024;

/** MQTT's own bound on a packet: a remaining length of 268,435,455 and its five header bytes. */
const PROTOCOL_PACKET_SIZE_MAX = 268_435_460;

/** Maximum Packet Size that goes with a bound on the payload (requirement C22). */
export function packetSizeFor(messageSizeMax: number): number {
  return Math.min(messageSizeMax + PUBLISH_HEADER_BYTES_MAX, PROTOCOL_PACKET_SIZE_MAX);
}

/**
 * While publishers are held back for a congested receiver, each may already have handed over one
 * message; the receiver's buffer may grow to this multiple of `outputMax` before QoS 0 is dropped.
 */
export const CONGESTED_OUTPUT_FACTOR = 8;

/**
 * A publisher that has a full queue itself is not held back for a congested receiver; the queue of
 * the receiver may grow to this multiple of its limits before such a publisher's messages are dropped.
 */
export const CONGESTED_QUEUE_FACTOR = 8;

/**
 * User Properties of one message. Each costs a few bytes on the wire and a hundred in memory, so a
 * packet full of empty ones would grow twentyfold.
 */
export const USER_PROPERTIES_MAX = 5_000;

/** Topic Names that publishers used lately and need not be decoded again: a power of two; about 3 MB. */
export const TOPICS_KNOWN = 32_768;
