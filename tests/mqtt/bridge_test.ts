import { TestBroker, testVersions } from "../support/test_broker.ts";

testVersions(
  "a bridge gets no message back that it has published, and the RETAIN flag as published",
  [
    3,
    4,
  ],
  async (version) => {
    await using broker = await TestBroker.start();
    const bridge = await broker.client(version);
    const connect = bridge.encode({
      cmd: "connect",
      protocolId: version === 3 ? "MQIsdp" : "MQTT",
      clientId: "bridge",
      clean: true,
      keepalive: 0,
      protocolVersion: version,
    });
    const level = 2 + 2 + connect[3]!; // behind the fixed header and the protocol name
    connect[level] = version | 0x80;
    await bridge.sendBytes(connect);
    await bridge.expect("connack", { returnCode: 0 });
    await bridge.subscribe("t", { qos: 0 });
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    await other.subscribe("t", { qos: 0 });
    await bridge.publish("t", "own");
    await other.expect("publish", { payload: "own", retain: false });
    await bridge.expectNothing();
    await other.publish("t", "kept", { retain: true });
    await bridge.expect("publish", { payload: "kept", retain: true });
    await other.expect("publish", { payload: "kept", retain: false });
  },
);
