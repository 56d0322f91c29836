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
    await bridge.connect({ clientId: "bridge", protocolVersion: version, bridgeMode: true });
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
