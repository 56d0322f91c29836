/** MQTT over WebSocket frame by frame, on both addresses of the real command. */
import assert from "#assert";
import { publish, receive } from "../support/exchange.ts";
import { RawClient } from "../support/raw_client.ts";
import { RealBroker } from "../support/real_broker.ts";
import { dial, WebSocketStream } from "../support/websocket_stream.ts";

const VERSION_NAMES = { 3: "3.1", 4: "3.1.1", 5: "5.0" } as const;
type Version = keyof typeof VERSION_NAMES;
const SUBPROTOCOLS = { 3: "mqttv3.1", 4: "mqtt", 5: "mqtt" } as const;
const ADDRESSES = ["ws_addr", "http_addr"] as const;
/** WebSocket close codes (RFC 6455, section 7.4.1). */
const NORMAL = 1000;
const UNSUPPORTED_DATA = 1003;
const MESSAGE_TOO_BIG = 1009;

interface Peer extends AsyncDisposable {
  readonly client: RawClient;
  readonly stream: WebSocketStream;
}

async function open(url: string, version: Version): Promise<Peer> {
  const stream = await WebSocketStream.connect(url, [SUBPROTOCOLS[version]]);
  const client = new RawClient(stream, { protocolVersion: version });
  return { client, stream, [Symbol.asyncDispose]: () => client.abort() };
}

/** A test for each address and each version. */
function testAddresses(
  name: string,
  versions: readonly Version[],
  body: (url: string, version: Version, broker: RealBroker) => Promise<void>,
): void {
  for (const [index, address] of ADDRESSES.entries()) {
    for (const version of versions) {
      Deno.test(`WebSocket on ${address}: ${name} (${VERSION_NAMES[version]})`, async () => {
        await using broker = await RealBroker.start();
        await body(broker.webSockets[index]!, version, broker);
      });
    }
  }
}

testAddresses(
  "a packet may come one byte a frame, between empty frames",
  [3, 4, 5],
  async (url, version) => {
    await using peer = await open(url, version);
    const { client } = peer;
    const bytes = client.encode({
      cmd: "connect",
      protocolId: version === 3 ? "MQIsdp" : "MQTT",
      protocolVersion: version,
      clientId: "bytewise",
      clean: true,
      keepalive: 0,
    });
    for (const byte of bytes) {
      await client.sendBytes(new Uint8Array());
      await client.sendBytes(Uint8Array.of(byte));
    }
    await client.expect("connack");
    await client.subscribe("a", { qos: 1 });
    const publishBytes = client.encode({
      cmd: "publish",
      topic: "a",
      payload: "m",
      qos: 1,
      messageId: 9,
    });
    for (const byte of publishBytes) await client.sendBytes(Uint8Array.of(byte));
    const packets = [await client.next(), await client.next()];
    assert.deepEqual(packets.map(({ cmd }) => cmd).toSorted(), ["puback", "publish"]);
  },
);

testAddresses("a text frame ends the connection with 1003", [3, 4, 5], async (url, version) => {
  await using watcher = await open(url, version);
  await watcher.client.connect({ clientId: "watcher" });
  await watcher.client.subscribe("will");
  await using peer = await open(url, version);
  await peer.client.connect({ clientId: "text", will: WILL });
  peer.stream.socket.send("hello");
  await peer.client.expectClosed();
  assert.equal(peer.stream.closeCode, UNSUPPORTED_DATA);
  await watcher.client.expect("publish", { topic: "will" });
});

const WILL = {
  topic: "will",
  payload: new TextEncoder().encode("gone"),
  qos: 0,
  retain: false,
} as const;

testAddresses(
  "a socket that ends without DISCONNECT publishes the will",
  [3, 4, 5],
  async (url, version) => {
    await using watcher = await open(url, version);
    await watcher.client.connect({ clientId: "watcher" });
    await watcher.client.subscribe("will", { qos: 2 });
    for (const end of ["close", "abort"] as const) {
      for (const qos of [0, 1, 2] as const) {
        await using mortal = await open(url, version);
        await mortal.client.connect({ clientId: "mortal", will: { ...WILL, qos } });
        await mortal.client[end]();
        await receive(watcher.client, { topic: "will", payload: "gone", qos });
      }
    }
  },
);

testAddresses(
  "DISCONNECT discards the will, and the broker closes",
  [3, 4, 5],
  async (url, version) => {
    await using watcher = await open(url, version);
    await watcher.client.connect({ clientId: "watcher" });
    await watcher.client.subscribe("#");
    await using polite = await open(url, version);
    await polite.client.connect({ clientId: "polite", will: WILL });
    await polite.client.disconnect();
    assert.equal(polite.stream.closeCode, NORMAL);
    await publish(watcher.client, "marker", "m");
    await receive(watcher.client, { topic: "marker" });
  },
);

Deno.test("WebSocket: only a subprotocol of MQTT on the path of MQTT is served", async () => {
  await using broker = await RealBroker.start();
  for (const url of broker.webSockets) {
    for (const subprotocols of [[], ["chat"], ["MQTT"]]) {
      await assert.rejects(dial(url, subprotocols), /response: 400/);
    }
    await assert.rejects(dial(url.replace("/mqtt", "/other")), /response: 404/);
    const { status, headers } = await getText(url.replace("ws:", "http:"));
    assert.deepEqual([status, headers.get("upgrade")], [426, "websocket"]);
    for (
      const [subprotocols, chosen] of [
        [["mqtt"], "mqtt"],
        [["mqttv3.1"], "mqttv3.1"],
        [["mqttv3.1", "mqtt"], "mqtt"],
        [["chat", "mqtt"], "mqtt"],
      ] as const
    ) {
      const socket = await dial(url, [...subprotocols]);
      assert.equal(socket.protocol, chosen);
      socket.terminate();
    }
  }
});

Deno.test("WebSocket: a frame above ws_max_frame_size ends its connection only", async () => {
  await using broker = await RealBroker.start({
    config: { server: { ws_max_frame_size: "2MiB" } },
  });
  await using peer = await open(broker.webSockets[0]!, 5);
  await peer.client.connect({ clientId: "large" });
  await peer.client.sendBytes(new Uint8Array(2 * 1024 * 1024 + 1)).catch(() => {});
  await peer.client.expectClosed();
  assert.equal(peer.stream.closeCode, MESSAGE_TOO_BIG);
  await using other = await open(broker.webSockets[0]!, 5);
  await other.client.connect({ clientId: "other" });
});

async function getText(url: string) {
  const response = await fetch(url);
  await response.text();
  return response;
}
