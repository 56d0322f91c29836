import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { type Address, formatAddress } from "./address.ts";
import { toError } from "./errors.ts";
import {
  type HttpServer,
  refuseUpgrade,
  type UpgradeHandler,
  type UpgradeRefusal,
} from "./http_server.ts";
import { LINGER_MS } from "./tcp_transport.ts";
import type { AcceptTransport, Listener, Transport } from "./transport.ts";
import { answerHandshake } from "./websocket_handshake.ts";
import { WebSocketTransport } from "./websocket_transport.ts";

/** The longest WebSocket message by default, in bytes. */
export const FRAME_BYTES_MAX = 4 * 1024 * 1024;

const FORBIDDEN_ORIGIN: UpgradeRefusal = {
  status: 403,
  title: "Forbidden",
  text: "this origin is not allowed",
};

const TOO_MANY_CONNECTIONS: UpgradeRefusal = {
  status: 503,
  title: "Service Unavailable",
  text: "too many connections",
};

/** How MQTT over WebSocket is served. */
export interface WebSocketOptions extends Address {
  /** The path of the upgrade request, such as `/mqtt`. */
  readonly path: string;
  /** How many connections live at once; a request beyond it is answered with 503. */
  readonly maxConnections: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The longest message; a longer one closes with 1009. Default {@linkcode FRAME_BYTES_MAX}. */
  readonly frameBytesMax?: number | undefined;
  /** How long a closed connection waits for its peer; default {@linkcode LINGER_MS}. */
  readonly lingerMs?: number | undefined;
  /** The only `Origin`s that a browser may come from; default: any. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Called for each peer that is refused because of `maxConnections`. Must not throw. */
  readonly onRefused?: ((remoteAddress: string) => void) | undefined;
}

/**
 * Serves MQTT over WebSocket on `options.path` of an address of `http`, and hands every peer to
 * `accept`. Rejects with `ListenError` when the address cannot be had. Closing the listener leaves
 * the other routes of the address alone.
 */
export async function listenWebSocket(
  http: HttpServer,
  options: WebSocketOptions,
  accept: AcceptTransport,
): Promise<Listener> {
  const endpoint = new WebSocketEndpoint(options, accept);
  const { address, close } = await http.listen(options, { webSocket: endpoint });
  return { kind: "ws", address, close };
}

/** Turns upgrade requests into transports. */
class WebSocketEndpoint implements UpgradeHandler {
  readonly path: string;
  readonly #options: WebSocketOptions;
  readonly #accept: AcceptTransport;
  #connections = 0;

  constructor(options: WebSocketOptions, accept: AcceptTransport) {
    this.path = options.path;
    this.#options = options;
    this.#accept = accept;
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Uint8Array): void {
    const { maxConnections, allowedOrigins, onRefused } = this.#options;
    const { origin } = request.headers;
    const remoteAddress = peerAddress(socket);
    if (origin !== undefined && allowedOrigins?.includes(origin) === false) {
      return refuseUpgrade(socket, FORBIDDEN_ORIGIN);
    }
    const answer = answerHandshake(request);
    if (typeof answer !== "string") return refuseUpgrade(socket, answer);
    if (this.#connections >= maxConnections) {
      onRefused?.(remoteAddress);
      return refuseUpgrade(socket, TOO_MANY_CONNECTIONS);
    }
    if (!socket.readable || !socket.writable) {
      // The peer has gone meanwhile; why, nobody needs to know.
      socket.on("error", () => {});
      socket.destroy();
      return;
    }
    socket.setTimeout(0);
    if (head.length > 0) socket.unshift(head);
    socket.write(answer);
    this.#connections++;
    this.#admit(
      new WebSocketTransport(socket, {
        kind: "ws",
        remoteAddress,
        clock: this.#options.clock,
        messageBytesMax: this.#options.frameBytesMax ?? FRAME_BYTES_MAX,
        lingerMs: this.#options.lingerMs ?? LINGER_MS,
        onEnded: () => this.#connections--,
      }),
    );
  }

  #admit(transport: Transport): void {
    try {
      this.#accept(transport);
    } catch (thrown) {
      const error = toError(thrown);
      this.#options.logger.error("taking a connection failed", {
        error: error.stack ?? error.message,
      });
      transport.abort();
    }
  }
}

function peerAddress({ remoteAddress, remotePort }: Socket): string {
  return formatAddress({ hostname: remoteAddress ?? "unknown", port: remotePort ?? 0 });
}
