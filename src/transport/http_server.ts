import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { lookup } from "node:dns/promises";
import { isIP, type Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { type Address, formatAddress } from "./address.ts";
import { ListenError, toError } from "./errors.ts";
import { LISTEN_BACKLOG } from "./listen_backlog.ts";

/** Who sent a request. */
export interface HttpPeer {
  /** The IP address of the other end of the connection; empty when it is gone. */
  readonly address: string;
  /** True when the connection is encrypted by TLS. */
  readonly secure: boolean;
}

/** Answers a request. An error that it throws becomes a plain 500; its text stays in the log. */
export type FetchHandler = (request: Request, peer: HttpPeer) => Response | Promise<Response>;

/** Takes over the socket of a request for a WebSocket. */
export interface UpgradeHandler {
  /** The path that is upgraded, such as `/mqtt`. */
  readonly path: string;
  /** Owns `socket` from now on, also to refuse. `head` is what the peer sent after the request. */
  upgrade(request: IncomingMessage, socket: Socket, head: Uint8Array): void;
}

/** What is served on an address. */
export interface HttpRoutes {
  readonly fetch?: FetchHandler | undefined;
  /**
   * First segments of paths, such as `/api`, that belong to these routes alone: what they answer
   * there is final, also a 404.
   */
  readonly prefixes?: readonly string[] | undefined;
  readonly webSocket?: UpgradeHandler | undefined;
}

/** One set of routes on one address. */
export interface HttpListener {
  /** The bound address, with the real port where 0 was asked for. */
  readonly address: string;
  /**
   * Withdraws the routes. The last one of its address also stops accepting, ends idle connections
   * at once and the others when they are answered or after the server's grace. Upgraded sockets
   * live on.
   */
  close(): Promise<void>;
}

/** Limits of the HTTP server. All have defaults. */
export interface HttpServerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** A request's headers must be there within this time (ms). */
  readonly headersTimeoutMs?: number | undefined;
  /** A whole request must be there within this time (ms). */
  readonly requestTimeoutMs?: number | undefined;
  /** A connection without a request lives this long (ms). */
  readonly keepAliveTimeoutMs?: number | undefined;
  /** The request line and headers together (bytes); more is answered with 431. */
  readonly headerBytesMax?: number | undefined;
  /** Connections per address that are not upgraded; more are closed at once. */
  readonly connectionsMax?: number | undefined;
  /** How long closing waits for answers that are under way (ms). */
  readonly closeGraceMs?: number | undefined;
}

export const HEADERS_TIMEOUT_MS = 10_000;
export const REQUEST_TIMEOUT_MS = 60_000;
export const KEEP_ALIVE_TIMEOUT_MS = 5_000;
export const HEADER_BYTES_MAX = 16 * 1024;
export const HTTP_CONNECTIONS_MAX = 10_000;
export const CLOSE_GRACE_MS = 5_000;

/** How often the two request time-outs are checked, in milliseconds. */
const TIMEOUT_CHECK_MS = 1_000;

/**
 * The one HTTP server of the broker. REST, console, health, metrics, bridges and the WebSocket path
 * are routes on it; those that ask for the same address share one listening socket.
 *
 * Several fetch handlers on one address are asked in the order of their `listen` calls: a 404 from
 * one that has not touched the request's body passes the request on to the next. Routes that own
 * the path by a prefix are asked alone.
 */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #sites = new Map<string, Promise<HttpSite>>();

  constructor(options: HttpServerOptions) {
    this.#options = options;
  }

  /** Serves `routes` on `address`. Rejects with `ListenError` when the address cannot be had. */
  async listen(address: Address, routes: HttpRoutes): Promise<HttpListener> {
    const site = await this.#siteAt(address);
    site.add(routes);
    return {
      address: site.address,
      close: async () => {
        if (!site.remove(routes)) return;
        this.#forget(site);
        await site.close();
      },
    };
  }

  async #siteAt(address: Address): Promise<HttpSite> {
    const key = formatAddress(address);
    const shared = this.#sites.get(key);
    if (shared !== undefined) return shared;
    const opening = openSite(address, this.#options);
    // Port 0 asks for a port of one's own, so only the real one is shared.
    if (address.port !== 0) this.#sites.set(key, opening);
    try {
      const site = await opening;
      this.#sites.set(site.address, opening);
      return site;
    } catch (thrown) {
      this.#sites.delete(key);
      throw thrown;
    }
  }

  #forget(site: HttpSite): void {
    this.#sites.delete(site.address);
  }
}

const NO_WEB_SOCKET: UpgradeRefusal = {
  status: 404,
  title: "Not Found",
  text: "no WebSocket is served on this path",
};

/** An option that is younger than some type declarations of `node:http`. */
interface UpgradeChoice {
  shouldUpgradeCallback(request: IncomingMessage): boolean;
}

/** One listening socket and the routes on it. */
class HttpSite {
  readonly #server: Server;
  readonly #options: HttpServerOptions;
  readonly #routes: HttpRoutes[] = [];
  /** The connections that speak HTTP. */
  readonly #sockets = new Set<Socket>();
  #address = "";
  #onIdle: (() => void) | undefined;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs, headerBytesMax } = options;
    const serverOptions: ServerOptions & UpgradeChoice = {
      headersTimeout: headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
      requestTimeout: requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      keepAliveTimeout: keepAliveTimeoutMs ?? KEEP_ALIVE_TIMEOUT_MS,
      maxHeaderSize: headerBytesMax ?? HEADER_BYTES_MAX,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      noDelay: true,
      shouldUpgradeCallback: isWebSocketUpgrade,
    };
    this.#server = createServer(serverOptions);
    this.#server.on("connection", (socket: Socket) => this.#admit(socket));
    this.#server.on(
      "upgrade",
      (request, socket, head) => this.#upgrade(request, socket as Socket, head),
    );
    this.#server.on("request", requestListener((request, env) => this.#answer(request, env)));
  }

  get address(): string {
    return this.#address;
  }

  async open({ hostname, port }: Address): Promise<void> {
    const host = await hostToBind(hostname);
    requireNetPermission({ hostname: host ?? "::", port });
    const listening = Promise.withResolvers<void>();
    this.#server.once("error", listening.reject);
    const where = { port, backlog: LISTEN_BACKLOG, ...(host !== undefined && { host }) };
    this.#server.listen(where, () => {
      this.#server.off("error", listening.reject);
      this.#server.on("error", (error) => {
        this.#options.logger.error("the HTTP listener failed", { error: error.message });
      });
      const bound = this.#server.address() as { port: number };
      this.#address = formatAddress({ hostname, port: bound.port });
      listening.resolve();
    });
    await listening.promise;
  }

  add(routes: HttpRoutes): void {
    this.#routes.push(routes);
  }

  /** Returns true when these were the last routes. */
  remove(routes: HttpRoutes): boolean {
    const index = this.#routes.indexOf(routes);
    if (index < 0) return false;
    this.#routes.splice(index, 1);
    return this.#routes.length === 0;
  }

  async close(): Promise<void> {
    this.#server.close(); // Ends idle connections too.
    if (this.#sockets.size === 0) return;
    const idle = new Promise<void>((resolve) => this.#onIdle = resolve);
    const timer = this.#options.clock.after(this.#options.closeGraceMs ?? CLOSE_GRACE_MS, () => {
      for (const socket of this.#sockets) socket.destroy();
    });
    await idle;
    timer.cancel();
  }

  #admit(socket: Socket): void {
    if (this.#sockets.size >= (this.#options.connectionsMax ?? HTTP_CONNECTIONS_MAX)) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#release(socket));
  }

  #release(socket: Socket): void {
    this.#sockets.delete(socket);
    if (this.#sockets.size === 0) this.#onIdle?.();
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Uint8Array): void {
    this.#release(socket);
    const path = pathOf(request.url ?? "");
    const route = this.#routes.find(({ webSocket }) => webSocket?.path === path);
    if (route?.webSocket !== undefined) route.webSocket.upgrade(request, socket, head);
    else refuseUpgrade(socket, NO_WEB_SOCKET);
  }

  async #answer(request: Request, { incoming, outgoing }: Exchange): Promise<Response> {
    try {
      const { pathname } = new URL(request.url);
      if (this.#routes.some(({ webSocket }) => webSocket?.path === pathname)) {
        return problem(426, "Upgrade Required", { upgrade: "websocket" });
      }
      const peer = peerOf(incoming.socket);
      let response = problem(404, "Not Found");
      for (const { fetch } of this.#routesFor(pathname)) {
        if (fetch === undefined) continue;
        response = await fetch(request, peer);
        if (response.status !== 404 || request.bodyUsed) break;
      }
      return this.#guarded(response, request, outgoing);
    } catch (thrown) {
      this.#logFailure(thrown, request, outgoing);
      return problem(500, "Internal Server Error");
    }
  }

  #routesFor(pathname: string): HttpRoutes[] {
    const owner = this.#routes.find(({ prefixes }) =>
      prefixes?.some((prefix) => pathname === prefix || pathname.startsWith(`${prefix}/`))
    );
    return owner === undefined ? [...this.#routes] : [owner];
  }

  /** `response`, but a body that fails half-way cuts the connection and shows no error text. */
  #guarded(response: Response, request: Request, outgoing: ServerResponse): Response {
    const reader = response.body?.getReader();
    if (reader === undefined) return response;
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (thrown) {
          this.#logFailure(thrown, request, outgoing);
          outgoing.destroy();
          controller.close();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    });
    return new Response(body, response);
  }

  #logFailure(thrown: unknown, request: Request, outgoing: ServerResponse): void {
    if (outgoing.destroyed) return; // The client has gone: that is what failed.
    const error = toError(thrown);
    this.#options.logger.error("answering an HTTP request failed", {
      method: request.method,
      path: pathOf(request.url),
      error: error.stack ?? error.message,
    });
  }
}

/** Why an upgrade request is answered with an error. */
export interface UpgradeRefusal {
  readonly status: number;
  readonly title: string;
  /** For people; in ASCII. */
  readonly text: string;
  /** Besides those of every refusal. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers an upgrade request with an HTTP error and a plain text, and closes the connection. */
export function refuseUpgrade(socket: Socket, refusal: UpgradeRefusal): void {
  const { status, title, text, headers = {} } = refusal;
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.on("error", () => {}); // The peer may be gone; there is nobody left to tell.
  socket.once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nConnection: close\r\n${more}` +
      `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${text.length + 1}\r\n\r\n` +
      `${text}\n`,
  );
}

async function openSite(address: Address, options: HttpServerOptions): Promise<HttpSite> {
  const site = new HttpSite(options);
  try {
    await site.open(address);
  } catch (thrown) {
    throw new ListenError(formatAddress(address), thrown);
  }
  return site;
}

/** The IP address of `hostname`; undefined for every interface. */
async function hostToBind(hostname: string): Promise<string | undefined> {
  if (hostname === "") return undefined;
  return isIP(hostname) === 0 ? (await lookup(hostname)).address : hostname;
}

/** Throws what `Deno.listen` would: `node:http` throws it where nobody can catch it. */
function requireNetPermission(address: Address): void {
  const host = formatAddress(address);
  if (Deno.permissions.requestSync({ name: "net", host }).state === "granted") return;
  throw new Deno.errors.NotCapable(`Requires net access to "${host}"`);
}

/** Both directions of one request as `node:http` knows them. */
interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

function peerOf(socket: Socket): HttpPeer {
  return { address: socket.remoteAddress ?? "", secure: "encrypted" in socket };
}

function requestListener(
  answer: (request: Request, exchange: Exchange) => Promise<Response>,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void> {
  return getRequestListener(
    (request, env) => answer(request, env as Exchange),
    {
      overrideGlobalObjects: false,
      // `answer` never fails, so this is a request whose URL or Host header makes no sense.
      errorHandler: () => problem(400, "Bad Request"),
    },
  );
}

function isWebSocketUpgrade(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === "websocket";
}

/** An answer of RFC 9457 that says no more than the status does. */
function problem(status: number, title: string, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ type: "about:blank", title, status }), {
    status,
    headers: { ...headers, "content-type": "application/problem+json" },
  });
}

function pathOf(url: string): string {
  return URL.parse(url, "http://localhost")?.pathname ?? "";
}
