import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { UpgradeRefusal } from "./http_server.ts";

/**
 * The subprotocols that we speak, the preferred one first. MQTT 5.0 and 3.1.1 clients offer `mqtt`
 * [MQTT-6.0.0-3]; clients of MQTT 3.1 know only `mqttv3.1`.
 */
export const SUBPROTOCOLS = ["mqtt", "mqttv3.1"] as const;

/** The one version of the WebSocket protocol (RFC 6455, section 4.1). */
const VERSION = "13";

/** 16 bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** What shows the peer that its request was understood as one for a WebSocket (section 1.3). */
const ACCEPT_SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * Checks the opening handshake of RFC 6455, section 4.2. Returns the whole response that opens the
 * WebSocket, or why there is none.
 */
export function answerHandshake({ method, headers }: IncomingMessage): string | UpgradeRefusal {
  if (method !== "GET") {
    const text = "a WebSocket is opened by GET";
    return { status: 405, title: "Method Not Allowed", text, headers: { allow: "GET" } };
  }
  if (headers["sec-websocket-version"] !== VERSION) {
    return {
      status: 426,
      title: "Upgrade Required",
      text: "only version 13 of the WebSocket protocol is served",
      headers: { "sec-websocket-version": VERSION },
    };
  }
  const key = headers["sec-websocket-key"];
  if (key === undefined || !KEY.test(key)) {
    return { status: 400, title: "Bad Request", text: "Sec-WebSocket-Key is not 16 bytes long" };
  }
  const subprotocol = selectSubprotocol(headers["sec-websocket-protocol"] ?? "");
  if (subprotocol === undefined) {
    const text = 'MQTT over WebSocket needs the subprotocol "mqtt" in Sec-WebSocket-Protocol';
    return { status: 400, title: "Bad Request", text };
  }
  const accept = createHash("sha1").update(key + ACCEPT_SALT).digest("base64");
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${subprotocol}\r\n\r\n`;
}

function selectSubprotocol(header: string): string | undefined {
  const offered = header.split(",").map((name) => name.trim());
  return SUBPROTOCOLS.find((name) => offered.includes(name));
}
