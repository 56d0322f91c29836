/** Request and response with `mosquitto_rr`. */
import assert from "#assert";
import {
  connectArguments,
  mosquittoPublish,
  MosquittoSubscriber,
  propertyArguments,
} from "../support/mosquitto.ts";
import { Program } from "../support/program.ts";
import { RealBroker } from "../support/real_broker.ts";
import { testVersions } from "../support/test_broker.ts";

testVersions("mosquitto_rr: a request gets its response", [4, 5], async (version) => {
  await using broker = await RealBroker.start();
  await using service = await MosquittoSubscriber.start(broker, { version, topics: ["ask"] });
  await using requester = new Program("mosquitto_rr", {
    args: [
      ...connectArguments(broker, version),
      ...["-t", "ask", "-e", "answers/7", "-m", "how much?", "-q", "1"],
      ...(version === 5 ? propertyArguments("publish", [["correlation-data", "id 7"]]) : []),
    ],
  });
  const request = await service.next();
  assert.equal(request.payload, "how much?");
  let topic = "answers/7";
  let args: string[] = [];
  if (version === 5) {
    topic = request.properties!["response-topic"] as string;
    const correlation = request.properties!["correlation-data"] as string;
    assert.deepEqual([topic, correlation], ["answers/7", "id 7"]);
    args = propertyArguments("publish", [["correlation-data", correlation]]);
  }
  await mosquittoPublish(broker, { version, topic, message: "42", qos: 1, args });
  const { out } = await requester.succeeds();
  assert.equal(out, "42\n");
});
