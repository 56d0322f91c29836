import assert from "#assert";
import { PacketType, type ProtocolVersion } from "../mqtt/packet.ts";
import type { Connect } from "../mqtt/packets/connect.ts";
import type { ConnectProperties } from "../mqtt/properties.ts";
import { connackProperties, effectiveKeepAlive } from "./capabilities.ts";
import type { BrokerLimits } from "./limits.ts";

function connect(part: Partial<Connect> = {}): Connect {
  return {
    type: PacketType.CONNECT,
    protocolVersion: 5,
    bridge: false,
    clientId: "client",
    cleanStart: true,
    keepAlive: 0,
    will: undefined,
    username: undefined,
    password: undefined,
    properties: {},
    ...part,
  };
}

/** Only what is read here; anything else is undefined on purpose. */
function limits(part: Partial<BrokerLimits> = {}): BrokerLimits {
  return {
    keepAliveSecondsMax: 0,
    receiveMaximum: 100,
    packetSizeMax: 2000,
    topicAliasMaximum: 7,
    maximumQoS: 2,
    retainAvailable: true,
    ...part,
  } as BrokerLimits;
}

function propertiesFor(
  asked: ConnectProperties,
  options: { clientId?: string; sent?: string; limits?: Partial<BrokerLimits> } = {},
) {
  const clientId = options.clientId ?? "client";
  const packet = connect({ clientId: options.sent ?? clientId, properties: asked, keepAlive: 30 });
  return connackProperties(packet, clientId, limits(options.limits), {
    expiryInterval: asked.sessionExpiryInterval ?? 0,
    keepAliveSeconds: 30,
  });
}

Deno.test("effectiveKeepAlive is the client's while the broker has no bound", () => {
  for (const keepAlive of [0, 1, 65_535]) {
    assert.equal(effectiveKeepAlive(connect({ keepAlive }), limits()), keepAlive);
  }
});

Deno.test("effectiveKeepAlive is at most the bound, which also ends keep alive 0", () => {
  const bounded = limits({ keepAliveSecondsMax: 60 });
  const expected = [[0, 60], [1, 1], [59, 59], [60, 60], [61, 60], [65_535, 60]] as const;
  for (const [asked, granted] of expected) {
    assert.equal(effectiveKeepAlive(connect({ keepAlive: asked }), bounded), granted);
  }
});

Deno.test("effectiveKeepAlive of a 3.x client is its own: it cannot be told another", () => {
  const bounded = limits({ keepAliveSecondsMax: 60 });
  for (const protocolVersion of [3, 4] as ProtocolVersion[]) {
    for (const keepAlive of [0, 61]) {
      assert.equal(effectiveKeepAlive(connect({ protocolVersion, keepAlive }), bounded), keepAlive);
    }
  }
});

Deno.test("connackProperties says only what a client could not assume", () => {
  assert.deepEqual(propertiesFor({}), {
    receiveMaximum: 100,
    maximumPacketSize: 2000,
    topicAliasMaximum: 7,
  });
});

Deno.test("[MQTT-3.2.2-9] connackProperties names a Maximum QoS below 2, and only that", () => {
  assert.equal(propertiesFor({}, { limits: { maximumQoS: 0 } }).maximumQoS, 0);
  assert.equal(propertiesFor({}, { limits: { maximumQoS: 1 } }).maximumQoS, 1);
  assert.equal(propertiesFor({}, { limits: { maximumQoS: 2 } }).maximumQoS, undefined);
});

Deno.test("connackProperties says when retained messages are turned off", () => {
  assert.equal(propertiesFor({}, { limits: { retainAvailable: false } }).retainAvailable, false);
});

Deno.test("connackProperties tells the expiry and the keep alive that differ from what was asked", () => {
  const packet = connect({ keepAlive: 90, properties: { sessionExpiryInterval: 500 } });
  const granted = { expiryInterval: 400, keepAliveSeconds: 60 };
  const properties = connackProperties(packet, "client", limits(), granted);
  assert.equal(properties.sessionExpiryInterval, 400);
  assert.equal(properties.serverKeepAlive, 60);
});

Deno.test("[MQTT-3.1.3-7] connackProperties returns the client identifier that was assigned", () => {
  const properties = propertiesFor({}, { clientId: "auto-1", sent: "" });
  assert.equal(properties.assignedClientIdentifier, "auto-1");
});

Deno.test("[MQTT-3.1.2-28] connackProperties has Response Information for those who ask", () => {
  const information = (asked: boolean) =>
    propertiesFor({ requestResponseInformation: asked }).responseInformation;
  assert.equal(information(true), "response/client");
  assert.equal(information(false), undefined);
  assert.equal(propertiesFor({}).responseInformation, undefined);
});

Deno.test("connackProperties has none for an identifier that is not one level of a topic", () => {
  for (const clientId of ["a/b", "a+b", "a#b"]) {
    const properties = propertiesFor({ requestResponseInformation: true }, { clientId });
    assert.equal(properties.responseInformation, undefined, clientId);
  }
});
