import { AllowAll } from "../../src/auth/allow_all.ts";
import { silentLogger } from "../../src/base/log.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { SystemClock } from "../../src/base/system_clock.ts";
import { Broker } from "../../src/broker/broker.ts";
import { type BrokerLimits, packetSizeFor } from "../../src/broker/limits.ts";
import { StandaloneCluster } from "../../src/cluster/standalone.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { SESSION_EXPIRY_NEVER } from "../../src/storage/store.ts";
import { connectPacket, subscribePacket } from "../load/packets.ts";
import { DiscardingTransport } from "./discarding_transport.ts";

const MESSAGE_BYTES_MAX = 1 << 20;

/** No limit is reached by what is measured, and no timer runs meanwhile. */
const LIMITS: BrokerLimits = {
  messageSizeMax: MESSAGE_BYTES_MAX,
  packetSizeMax: packetSizeFor(MESSAGE_BYTES_MAX),
  retainedMessagesMax: 1_000_000,
  keepAliveSecondsMax: 0,
  receiveMaximum: 1024,
  topicAliasMaximum: 64,
  maximumQoS: 2,
  retainAvailable: true,
  protocolVersions: [3, 4, 5],
  v3RefusedPublish: "disconnect",
  retryIntervalMs: 0,
  retriesMax: 0,
  slowReceiverGraceMs: 1000,
  outputHighWater: 1 << 20,
  outputLowWater: 1 << 18,
  outputMax: 1 << 22,
  sessionsMax: 1_000_000,
  defaultExpirySeconds: 3600,
  expirySecondsMax: SESSION_EXPIRY_NEVER,
  queue: { messagesMax: 1000, bytesMax: 1 << 24 },
  inflightMax: 100,
  subscriptionsMax: 10_000,
  readTimeoutMs: 60_000,
  writeTimeoutMs: 60_000,
  expirySweepMs: 3_600_000,
};

/** A whole broker in this process, with its store in memory. */
export async function startBenchBroker(): Promise<Broker> {
  const open = new AllowAll();
  return await Broker.start({
    clock: new SystemClock(),
    random: new SeededRandom(1),
    log: silentLogger,
    store: new MemoryStore(),
    cluster: new StandaloneCluster("bench"),
    authenticator: open,
    authorizer: open,
    observer: {},
    limits: LIMITS,
  });
}

/** A client of `broker`, connected, with subscriptions at QoS 0. */
export async function connectTo(
  broker: Broker,
  clientId: string,
  topicFilters: readonly string[] = [],
): Promise<DiscardingTransport> {
  const transport = new DiscardingTransport();
  broker.accept(transport);
  await transport.say(connectPacket(clientId, true, 0));
  if (topicFilters.length > 0) await transport.say(subscribePacket(1, topicFilters, 0));
  return transport;
}
