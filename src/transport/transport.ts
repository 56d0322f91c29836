import type { PeerCertificate } from "../base/peer_certificate.ts";

/**
 * The seam between bytes and MQTT: an ordered, lossless, two-way stream of bytes
 * [MQTT-4.2.0-1]. Implementations are named in `server.ts` only.
 */
export interface Transport {
  /** What carries the bytes. */
  readonly kind: "tcp" | "tls" | "ws" | "wss" | "memory";
  /** Peer address as `host:port` (an IPv6 host in brackets), for logs and observers. */
  readonly remoteAddress: string;
  /** Subject and issuer of a client certificate that was verified; undefined without one. */
  readonly peerCertificate?: PeerCertificate | undefined;

  /**
   * Starts the read loop. Called exactly once; before it nothing is read, so nothing is lost.
   */
  start(receiver: Receiver): void;

  /**
   * Writes `bytes`; resolves when the operating system has taken all of them, so they may be used
   * again, and rejects when the peer is gone. The caller has at most one write under way.
   */
  write(bytes: Uint8Array): Promise<void>;

  /**
   * Ends the stream so that the peer can still read what was written: shuts down the write side
   * (WebSocket: sends a close frame), reads and discards what the peer still sends for a bounded
   * time, then closes. Call it when no write is under way. Never rejects; idempotent.
   */
  close(): Promise<void>;

  /** Closes at once, dropping what is under way. Idempotent. */
  abort(): void;
}

/** Who gets what a transport reads. Implemented by the broker's connection and by the client. */
export interface Receiver {
  /**
   * Takes the next bytes. `chunk` belongs to the receiver until the call returns, or, when it
   * returns a promise, until that resolves; then the transport uses the memory again. The next
   * bytes are read only after that: a receiver that waits slows its peer down. Must not throw or
   * reject. `more`: the read was as large as it could be, so the next one is likely to follow at
   * once.
   */
  receive(chunk: Uint8Array, more?: boolean): Promise<void> | undefined;

  /**
   * The stream has ended and nothing more is received or can be written. Called exactly once, also
   * after {@linkcode Transport.close} and {@linkcode Transport.abort}. `error` says why, when it
   * was not an orderly end by the peer or by us.
   */
  closed(error: Error | undefined): void;
}

/** Accepts peers on one address. */
export interface Listener {
  readonly kind: "tcp" | "tls" | "ws" | "wss" | "memory";
  /** The bound address as `host:port`, with the real port where 0 was asked for. */
  readonly address: string;
  /** Stops accepting; transports that were accepted live on. Idempotent. */
  close(): Promise<void>;
}

/** Called by a listener for every peer it has accepted. Must not throw. */
export type AcceptTransport = (transport: Transport) => void;
