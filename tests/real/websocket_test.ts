/** MQTT over WebSocket frame by frame, on both addresses of the real command. */
import assert from "#assert";
import { publish, receive } from "../support/exchange.ts";
import { RawClient } from "../support/raw_client.ts";
import { RealBroker } from "../support/real_broker.ts";
import { WebSocketStream } from "../support/web_socket_stream.ts";

const VERSION_NAMES = { 3: "3.1", 4: "3.1.1", 5: "5.0" } as const;
type Version = keyof typeof VERSION_NAMES;
const SUBPROTOCOLS = { 3: "mqttv3.1", 4: "mqtt", 5: "mqtt" } as const;
const ADDRESSES = ["ws_addr", "http_addr"] as const;
/** WebSocket close codes (RFC 6455, section 7.4.1). */
const UNSUPPORTED_DATA = 1003;

interface Peer extends AsyncDisposable {
  readonly client: RawClient;
  readonly stream: WebSocketStream;
}

async function open(url: string, version: Version): Promise<Peer> {
  const stream = await WebSocketStream.connect(url, { subprotocols: [SUBPROTOCOLS[version]] });
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

testAddresses(
  "many packets may come in one frame, the last one cut",
  [3, 4, 5],
  async (url, version) => {
    await using peer = await open(url, version);
    const { client } = peer;
    await client.connect({ clientId: "many" });
    await client.subscribe("a/#");
    const packets = Array.from(
      { length: 100 },
      (_, index) => client.encode({ cmd: "publish", topic: `a/${index}`, payload: "m" }),
    );
    const bytes = Uint8Array.from(packets.flatMap((packet) => [...packet]));
    await client.sendBytes(bytes.subarray(0, -3));
    await client.sendBytes(bytes.subarray(-3));
    for (let index = 0; index < 100; index++) {
      await client.expect("publish", {
        topic: `a/${index}`,
      });
    }
    await client.expectNothing();
  },
);

testAddresses("a message in fragments is one stream of bytes", [4, 5], async (url, version) => {
  await using peer = await open(url, version);
  const { client, stream } = peer;
  await client.connect({ clientId: "fragments" });
  const ping = client.encode({ cmd: "pingreq" });
  await stream.sendFragments(ping.subarray(0, 1), new Uint8Array(), ping.subarray(1), ping);
  await client.expect("pingresp");
  await client.expect("pingresp");
});

testAddresses("a text frame ends the connection with 1003", [3, 4, 5], async (url, version) => {
  await using watcher = await open(url, version);
  await watcher.client.connect({ clientId: "watcher" });
  await watcher.client.subscribe("will");
  await using peer = await open(url, version);
  await peer.client.connect({ clientId: "text", will: WILL });
  await peer.stream.sendText("hello");
  assert.equal(await peer.stream.closeCode, UNSUPPORTED_DATA);
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
    assert.equal(await polite.stream.closeCode, 1000);
    await publish(watcher.client, "marker", "m");
    await receive(watcher.client, { topic: "marker" });
  },
);

testAddresses(
  "clients of both addresses and of TCP meet",
  [3, 4, 5],
  async (_url, version, broker) => {
    const [one, other] = broker.webSockets;
    await using first = await open(one!, version);
    await using second = await open(other!, version);
    await using tcp = await RawClient.connectTcp(broker.address, { protocolVersion: version });
    const clients = [first.client, second.client, tcp];
    for (const [index, client] of clients.entries()) {
      await client.connect({ clientId: `c${index}` });
      await client.subscribe("all");
    }
    for (const from of clients) {
      await publish(from, "all", "m");
      for (const to of clients) await receive(to, { topic: "all" });
    }
  },
);

testAddresses(
  "the broker ends the connection of a client that breaks the protocol",
  [4, 5],
  async (url, version) => {
    await using peer = await open(url, version);
    await peer.client.connect({ clientId: "wrong" });
    await peer.client.sendBytes("00 00");
    if (version === 5) await peer.client.expect("disconnect", { reasonCode: 0x81 });
    await peer.client.expectClosed();
  },
);

Deno.test("WebSocket: only a subprotocol of MQTT on the path of MQTT is served", async () => {
  await using broker = await RealBroker.start();
  for (const url of broker.webSockets) {
    for (const subprotocols of [[], ["chat"], ["MQTT"]]) {
      await assert.rejects(WebSocketStream.connect(url, { subprotocols }), /response: 400/);
    }
    await assert.rejects(WebSocketStream.connect(url.replace("/mqtt", "/other")), /response: 404/);
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
      const stream = await WebSocketStream.connect(url, { subprotocols });
      assert.equal(stream.subprotocol, chosen);
      await stream.close();
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
  assert.equal(await peer.stream.closeCode, 1009);
  await using other = await open(broker.webSockets[0]!, 5);
  await other.client.connect({ clientId: "other" });
});

async function getText(url: string) {
  const response = await fetch(url);
  await response.text();
  return response;
}
