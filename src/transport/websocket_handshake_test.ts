import assert from "#assert";
import type { IncomingMessage } from "node:http";
import type { UpgradeRefusal } from "./http_server.ts";
import { answerHandshake } from "./websocket_handshake.ts";

/** What RFC 6455, section 1.3, takes as its example. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

const HEADERS = {
  "sec-websocket-version": "13",
  "sec-websocket-key": KEY,
  "sec-websocket-protocol": "mqtt",
};

function answer(headers: Record<string, string | undefined> = {}, method = "GET") {
  return answerHandshake({ method, headers: { ...HEADERS, ...headers } } as IncomingMessage);
}

Deno.test("answerHandshake: the response proves that the key was read", () => {
  assert.deepEqual((answer() as string).split("\r\n"), [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    "Sec-WebSocket-Protocol: mqtt",
    "",
    "",
  ]);
});

Deno.test("[MQTT-6.0.0-4] answerHandshake: selects the preferred subprotocol of those offered", () => {
  for (
    const [offered, selected] of [
      ["mqttv3.1", "mqttv3.1"],
      ["mqttv3.1,mqtt", "mqtt"],
      ["chat ,  mqtt, x", "mqtt"],
    ] as const
  ) {
    const response = answer({ "sec-websocket-protocol": offered }) as string;
    assert.ok(response.endsWith(`\r\nSec-WebSocket-Protocol: ${selected}\r\n\r\n`), response);
  }
});

Deno.test("answerHandshake: refuses what is no opening handshake", () => {
  for (
    const [headers, method, status] of [
      [{}, "POST", 405],
      [{ "sec-websocket-version": undefined }, "GET", 426],
      [{ "sec-websocket-version": "8" }, "GET", 426],
      [{ "sec-websocket-key": undefined }, "GET", 400],
      [{ "sec-websocket-key": "" }, "GET", 400],
      [{ "sec-websocket-key": KEY.slice(1) }, "GET", 400],
      [{ "sec-websocket-key": `${KEY}\r\nx: y` }, "GET", 400],
      [{ "sec-websocket-protocol": undefined }, "GET", 400],
      [{ "sec-websocket-protocol": "mqttx, MQTT" }, "GET", 400],
    ] as const
  ) {
    const refusal = answer(headers, method) as UpgradeRefusal;
    assert.equal(refusal.status, status, JSON.stringify(headers));
  }
});

Deno.test("answerHandshake: a refusal says what would be accepted", () => {
  const version = answer({ "sec-websocket-version": "8" }) as UpgradeRefusal;
  assert.deepEqual(version.headers, { "sec-websocket-version": "13" });
  const method = answer({}, "POST") as UpgradeRefusal;
  assert.deepEqual(method.headers, { allow: "GET" });
});
