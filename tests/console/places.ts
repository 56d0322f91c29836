/** Every page of the console, with a broker on which each has something to show. */
import { RawClient } from "../support/raw_client.ts";
import type { LocalServer } from "../support/local_server.ts";

/** Hard to write into a URL, or into a page. */
export const HARD_NAME = "a/b +%2F?c=d&e 💧 <script>alert(1)</script>";

/** By the name of a screenshot. */
export const PLACES: Readonly<Record<string, string>> = {
  overview: "overview",
  sessions: "sessions",
  "sessions-empty": "sessions?q=nobody",
  session: `session?client_id=${encodeURIComponent(HARD_NAME)}`,
  "session-queue": "session?client_id=away&tab=queue",
  "session-timeline": "session?client_id=away&tab=timeline",
  "session-gone": "session?client_id=gone",
  topics: "topics?topic=sensors%2F7%2Ftemperature",
  subscriptions: "subscriptions",
  "shared-groups": "shared-groups",
  retained: "retained",
  "retained-message": `retained-message?topic=${encodeURIComponent("config/json")}`,
  inspector: "inspector",
  drops: "drops",
  bans: "bans",
  users: "users",
  tokens: "tokens",
  config: "config",
};

/** Payloads of each kind, by topic. */
export const RETAINED: Readonly<Record<string, string | Uint8Array>> = {
  "config/json": '{"interval":60,"labels":["roof","north"]}',
  "config/html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
  "config/binary": new Uint8Array([0, 255, 1, 254]),
  "config/huge": "x".repeat(200_000),
  "config/none of these ☂ %/?&=": "with a name that is hard to write",
};

const METERS = 12;

/** Clients that stay for as long as the broker is to look used. */
export class Population implements AsyncDisposable {
  readonly #clients: RawClient[] = [];

  static async on(server: LocalServer): Promise<Population> {
    const population = new Population();
    const away = await population.#connect(server, "away", {
      properties: { sessionExpiryInterval: 3_600 },
    });
    await away.subscribe("sensors/#", { qos: 1 });
    await away.disconnect();
    const hard = await population.#connect(server, HARD_NAME);
    await hard.subscribe(["sensors/+/temperature", "$share/workers/jobs/#"]);
    const publisher = await population.#connect(server, "publisher-1");
    await publisher.publish("sensors/7/temperature", "21.5", { qos: 1 });
    await publisher.publish("sensors/7/humidity", '{"value":40,"unit":"%"}', { qos: 1 });
    for (const [topic, payload] of Object.entries(RETAINED)) {
      await publisher.publish(topic, payload, { qos: 1, retain: true });
    }
    for (let meter = 0; meter < METERS; meter++) {
      await population.#connect(server, `meter-${meter}`);
    }
    return population;
  }

  async #connect(
    server: LocalServer,
    clientId: string,
    options: Parameters<RawClient["connect"]>[0] = {},
  ): Promise<RawClient> {
    const client = await RawClient.connectTcp(server.address);
    this.#clients.push(client);
    await client.connect({ clientId, ...options });
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
  }
}
