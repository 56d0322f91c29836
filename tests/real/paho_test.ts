/** Python's paho, a client library of Eclipse. */
import { Program } from "../support/program.ts";
import { RealBroker } from "../support/real_broker.ts";
import { testVersions } from "../support/test_broker.ts";
import { PYTHON } from "../runner/needs.ts";

const SCRIPT = new URL("../support/paho_client.py", import.meta.url).pathname;

for (
  const [exchange, what, versions] of [
    ["messages", "messages of every QoS arrive, in order", [3, 4, 5]],
    ["retained", "a retained message is set, received and cleared", [3, 4, 5]],
    ["will", "a connection that breaks off publishes the will", [3, 4, 5]],
    ["session", "messages wait for a client that is away", [3, 4, 5]],
    ["properties", "properties arrive, user properties in order", [5]],
  ] as const
) {
  testVersions(`paho: ${what}`, versions, async (version) => {
    await using broker = await RealBroker.start();
    await using client = new Program(PYTHON, {
      args: ["-B", SCRIPT, String(broker.port), String(version), exchange],
    });
    await client.succeeds();
  });
}
