import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
// @ts-types="@types/ws"
import { type ServerOptions, WebSocketServer } from "ws";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { type Address, formatAddress } from "./address.ts";
import { toError } from "./errors.ts";
import { type HttpServer, refuseUpgrade, type UpgradeHandler } from "./http_server.ts";
import { LINGER_MS } from "./tcp_transport.ts";
import type { AcceptTransport, Listener, Transport } from "./transport.ts";
import { WebSocketTransport } from "./websocket_transport.ts";

/**
 * The subprotocols that we speak, the preferred one first. MQTT 5.0 and 3.1.1 clients offer `mqtt`
 * [MQTT-6.0.0-3]; clients of MQTT 3.1 know only `mqttv3.1`.
 */
export const SUBPROTOCOLS = ["mqtt", "mqttv3.1"] as const;

/** The longest WebSocket message by default, in bytes: it is in memory as a whole. */
export const FRAME_BYTES_MAX = 4 * 1024 * 1024;

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
  readonly #handshake: WebSocketServer;
  readonly #lingerMs: number;
  #connections = 0;

  constructor(options: WebSocketOptions, accept: AcceptTransport) {
    this.path = options.path;
    this.#options = options;
    this.#accept = accept;
    this.#lingerMs = options.lingerMs ?? LINGER_MS;
    const handshake: ServerOptions & { closeTimeout: number } = {
      noServer: true,
      clientTracking: false,
      autoPong: false,
      perMessageDeflate: false,
      maxPayload: options.frameBytesMax ?? FRAME_BYTES_MAX,
      closeTimeout: this.#lingerMs,
      handleProtocols: (offered) => selectSubprotocol(offered) ?? false,
    };
    this.#handshake = new WebSocketServer(handshake);
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Uint8Array): void {
    const { maxConnections, allowedOrigins, onRefused } = this.#options;
    const { origin } = request.headers;
    const remoteAddress = peerAddress(socket);
    if (origin !== undefined && allowedOrigins?.includes(origin) === false) {
      return refuseUpgrade(socket, 403, "Forbidden", "this origin is not allowed");
    }
    if (selectSubprotocol(offeredSubprotocols(request)) === undefined) {
      return refuseUpgrade(
        socket,
        400,
        "Bad Request",
        'MQTT over WebSocket needs the subprotocol "mqtt" in Sec-WebSocket-Protocol',
      );
    }
    if (this.#connections >= maxConnections) {
      onRefused?.(remoteAddress);
      return refuseUpgrade(socket, 503, "Service Unavailable", "too many connections");
    }
    this.#handshake.handleUpgrade(request, socket, head as Buffer, (webSocket) => {
      this.#connections++;
      this.#admit(
        new WebSocketTransport(webSocket, {
          kind: "ws",
          remoteAddress,
          clock: this.#options.clock,
          lingerMs: this.#lingerMs,
          onEnded: () => this.#connections--,
        }),
      );
    });
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

function selectSubprotocol(offered: ReadonlySet<string>): string | undefined {
  return SUBPROTOCOLS.find((name) => offered.has(name));
}

function offeredSubprotocols(request: IncomingMessage): Set<string> {
  const header = request.headers["sec-websocket-protocol"] ?? "";
  return new Set(header.split(",").map((name) => name.trim()));
}

function peerAddress({ remoteAddress, remotePort }: Socket): string {
  return formatAddress({ hostname: remoteAddress ?? "unknown", port: remotePort ?? 0 });
}
