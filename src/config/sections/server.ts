import { listenAddress, optionalListenAddress, urlPath } from "../values/addresses.ts";
import { toggle, wholeNumber } from "../values/plain.ts";
import { durationMs, sizeBytes } from "../values/quantities.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const KIB = 2 ** 10;
const MIB = 2 ** 20;

/** Listeners, their time-outs and limits. */
export const serverKeys = {
  tcp_addr: listenAddress({
    about: "Where MQTT over TCP is served: MQTT 3.1, 3.1.1 and 5.0 on one port.",
    default: "127.0.0.1:1883",
  }),
  tcp_enabled: toggle({ about: "Serves MQTT over TCP.", default: true }),
  tcp_max_connections: wholeNumber({
    about:
      "How many connections each listener for MQTT has open at once. Further ones are closed " +
      "at once (WebSocket: answered with status 503).",
    default: 100_000,
    min: 1,
    max: 10_000_000,
  }),
  tcp_read_timeout: durationMs({
    about:
      "How long a client may take to send CONNECT, and how long a packet may stall half-way. " +
      "It never ends an idle connection: the keep-alive of MQTT does that.",
    default: "60s",
    min: 100,
    max: HOUR,
  }),
  tcp_write_timeout: durationMs({
    about: "How long a write may wait for a client that takes no bytes at all before its " +
      "connection is closed.",
    default: "60s",
    min: 100,
    max: HOUR,
  }),
  ws_addr: listenAddress({
    about: "An extra HTTP listener for MQTT over WebSocket. It may equal `http_addr`; both then " +
      "share one listener.",
    default: "127.0.0.1:8083",
  }),
  ws_path: urlPath({
    about: "The path of the WebSocket upgrade, on `ws_addr` and on `http_addr`.",
    default: "/mqtt",
    reserved: ["/health", "/ready", "/api", "/problems"],
  }),
  ws_enabled: toggle({
    about: "Serves MQTT over WebSocket, on `ws_addr` and on `http_addr`.",
    default: true,
  }),
  ws_max_frame_size: sizeBytes({
    about: "The largest WebSocket message that is read. A client may put many packets into one, " +
      "so it must be larger than `broker.max_message_size`. A larger one closes the connection.",
    default: "16MiB",
    min: 4 * KIB,
    max: 1024 * MIB,
  }),
  http_addr: listenAddress({
    about:
      "Where the HTTP server listens: console and admin API, MQTT over HTTP, the WebSocket path, " +
      "`/health`, `/ready` and `/cluster/status`.",
    default: "127.0.0.1:8080",
  }),
  http_enabled: toggle({ about: "Runs the HTTP server on `http_addr`.", default: true }),
  health_addr: optionalListenAddress({
    about: "An extra HTTP listener that serves nothing but `/health`, `/ready` and " +
      "`/cluster/status`, for a probe that must not reach the other routes.",
    example: "127.0.0.1:8081",
    leftOut: "as `http_addr`",
  }),
  health_enabled: toggle({
    about: "Serves `/health`, `/ready` and `/cluster/status`, on `http_addr` and `health_addr`.",
    default: true,
  }),
  shutdown_timeout: durationMs({
    about: "How long a stop may take: telling the clients, sending what is under way, closing. " +
      "After it the process ends with exit code 1.",
    default: "30s",
    min: 100,
    max: HOUR,
  }),
  close_linger: durationMs({
    about:
      "How long the broker goes on reading (and discarding) after it has ended a connection, " +
      "so that the client can still read why.",
    default: "1s",
    min: 0,
    max: MINUTE,
  }),
};
