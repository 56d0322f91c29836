import type { PeerCertificate } from "../base/peer_certificate.ts";
import type { Connect } from "../mqtt/packets/connect.ts";
import type { QoS } from "../mqtt/packet.ts";
import type { ReasonCode } from "../mqtt/reason_code.ts";
import type { UserProperties } from "../mqtt/properties.ts";

/** Who a connection is, once authenticated. Immutable. */
export interface Identity {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly remoteAddress: string;
  readonly peerCertificate: PeerCertificate | undefined;
  /** When the credential ends (milliseconds since the epoch); the connection ends with it. */
  readonly expiresAt?: number;
}

/** What an authenticator sees of a CONNECT. */
export interface AuthRequest {
  readonly connect: Connect;
  /** As sent, or as assigned by the broker. */
  readonly clientId: string;
  readonly remoteAddress: string;
  readonly peerCertificate: PeerCertificate | undefined;
}

export type AuthResult =
  | { readonly kind: "accepted"; readonly identity: Identity; readonly data?: Uint8Array }
  | {
    readonly kind: "refused";
    /** A CONNECT reason code of 0x80 or above (section 3.2.2.2); on re-authentication it travels in a DISCONNECT. */
    readonly reasonCode: ReasonCode;
    readonly reasonString?: string;
    readonly userProperties?: UserProperties;
  }
  /** Enhanced authentication (section 4.12): send AUTH 0x18 with `data` and wait for the answer. */
  | { readonly kind: "continue"; readonly data: Uint8Array | undefined };

/** One enhanced authentication (or re-authentication) of one connection. */
export interface AuthExchange {
  /** The client's next AUTH data. May be asynchronous. */
  next(data: Uint8Array | undefined): AuthResult | Promise<AuthResult>;
}

/** Says whether a client may connect. May be asynchronous; a rejection is answered with 0x88. */
export interface Authenticator {
  /** Plain authentication: CONNECT without an Authentication Method. */
  authenticate(request: AuthRequest): AuthResult | Promise<AuthResult>;
  /**
   * Starts enhanced authentication with `method` [MQTT-4.12.0-1], or returns undefined when the
   * method is not supported. The first `next()` carries the Authentication Data of CONNECT or of
   * the AUTH packet that asks to re-authenticate.
   */
  begin(method: string, request: AuthRequest): AuthExchange | undefined;
}

/**
 * Says what an authenticated client may do. `true` allows. Synchronous where it can be: a promise
 * makes the connection wait. A rejection refuses.
 */
export interface Authorizer {
  publish(identity: Identity, topic: string, qos: QoS, retain: boolean): boolean | Promise<boolean>;
  subscribe(identity: Identity, topicFilter: string, qos: QoS): boolean | Promise<boolean>;
}

/** Who is not let in. */
export interface Ban {
  /** `address`: of the network, without a port; one of IPv4 or IPv6, or a range such as `10.0.0.0/8`. */
  readonly kind: "client_id" | "username" | "address";
  readonly value: string;
  /** For people. */
  readonly reason: string;
  /** Who has set it, for people. */
  readonly by: string;
  /** Milliseconds since the epoch, both; `expiresAt` undefined: never. */
  readonly createdAt: number;
  readonly expiresAt?: number | undefined;
}

/** What a ban is looked for by. */
export type BanSubject = Pick<Identity, "clientId" | "username" | "remoteAddress">;

/** A ban that cannot be: no such address, or there are too many. */
export class BanError extends Error {
  override name = "BanError";
}

export interface BanList {
  readonly size: number;
  /**
   * Adds, or replaces the one of the same kind and value. Durable when it resolves; those already
   * connected are disconnected.
   *
   * @throws BanError
   */
  add(ban: Ban): Promise<void>;
  /** False when there was none. */
  remove(kind: Ban["kind"], value: string): Promise<boolean>;
  /** In force, by kind and value, behind `after`. */
  list(after: Pick<Ban, "kind" | "value"> | undefined, limit: number): Ban[];
  /** One that is in force for somebody. */
  find(subject: BanSubject): Ban | undefined;
}
