/**
 * The composition root: the one file that names concrete classes. It maps the configuration to the
 * small options of each part, starts them in order, and stops them in the reverse order.
 */
import { AllowAll } from "./auth/allow_all.ts";
import { DenyAll } from "./auth/deny_all.ts";
import type { Clock } from "./base/clock.ts";
import { type Logger, silentLogger } from "./base/log.ts";
import { type Random, randomHex, SystemRandom } from "./base/random.ts";
import { VERSION } from "./base/version.ts";
import { SystemClock } from "./base/system_clock.ts";
import type { Authenticator, Authorizer } from "./auth/auth.ts";
import { Broker } from "./broker/broker.ts";
import { type BrokerLimits, packetSizeFor } from "./broker/limits.ts";
import type { Cluster } from "./cluster/cluster.ts";
import { StandaloneCluster } from "./cluster/standalone.ts";
import type { Config } from "./config/config.ts";
import type { BrokerObserver } from "./events/observer.ts";
import { MemoryStore } from "./storage/memory.ts";
import type { Store } from "./storage/store.ts";
import { healthRoutes, type Readiness } from "./telemetry/health.ts";
import { SysTopics } from "./telemetry/sys_topics.ts";
import { type Address, parseAddress } from "./transport/address.ts";
import { HttpServer } from "./transport/http_server.ts";
import { listenTcp } from "./transport/tcp.ts";
import type { Transport } from "./transport/transport.ts";
import { listenWebSocket } from "./transport/websocket.ts";

/** What an embedder or a test may put in place of the real thing. */
export interface ServerDependencies {
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly store?: Store;
  readonly cluster?: Cluster;
  readonly authenticator?: Authenticator;
  readonly authorizer?: Authorizer;
  readonly observer?: BrokerObserver;
}

/** A listener of a running server. */
export interface ServerAddress {
  /** `tcp`, `ws`, `http` or `health`: the key of the configuration without `_addr`. */
  readonly name: string;
  /** `host:port` with the real port. */
  readonly address: string;
}

export interface Server extends AsyncDisposable {
  readonly broker: Broker;
  readonly addresses: readonly ServerAddress[];
  /** Stops in order: not ready, no new clients, DISCONNECT to those there are, store closed. Idempotent. */
  close(): Promise<void>;
}

/** How often expired messages are swept out of queues and retained messages. */
const EXPIRY_SWEEP_MS = 5 * 60 * 1000;

/** Bytes of randomness in a node id. */
const NODE_ID_BYTES = 6;

/** Starts everything that `config` asks for. Rejects, with nothing left running, when a part cannot start. */
export async function startServer(
  config: Config,
  dependencies: ServerDependencies = {},
): Promise<Server> {
  await using started = new AsyncDisposableStack();
  const clock = dependencies.clock ?? new SystemClock();
  const random = dependencies.random ?? new SystemRandom();
  const log = dependencies.logger ?? silentLogger;
  const store = started.use(dependencies.store ?? new MemoryStore());
  const cluster = started.use(
    dependencies.cluster ?? new StandaloneCluster(`node-${randomHex(random, NODE_ID_BYTES)}`),
  );
  const open = new AllowAll();
  const broker = started.use(
    await Broker.start({
      clock,
      random,
      log,
      store,
      cluster,
      authenticator: dependencies.authenticator ??
        (config.auth.allowAnonymous === false ? new DenyAll() : open),
      authorizer: dependencies.authorizer ?? open,
      observer: dependencies.observer ?? {},
      limits: brokerLimits(config),
    }),
  );
  const sysTopics = started.use(
    new SysTopics(broker, { clock, intervalMs: config.broker.sysIntervalMs, version: VERSION }),
  );
  const readiness = { stopping: false };
  const addresses = await listen(config, { clock, log, broker, readiness, started });
  sysTopics.start();
  const running = started.move();
  let closed: Promise<void> | undefined;
  const close = () => {
    readiness.stopping = true;
    closed ??= running.disposeAsync();
    return closed;
  };
  return { broker, addresses, close, [Symbol.asyncDispose]: close };
}

interface Listening {
  readonly clock: Clock;
  readonly log: Logger;
  readonly broker: Broker;
  readonly readiness: { stopping: boolean };
  readonly started: AsyncDisposableStack;
}

/** Opens every listener; each is closed before what it serves. */
async function listen(config: Config, parts: Listening): Promise<ServerAddress[]> {
  const { clock, log, broker, readiness, started } = parts;
  const { server } = config;
  const addresses: ServerAddress[] = [];
  const accept = (transport: Transport) => broker.accept(transport);
  const opened = (name: string, listener: { address: string; close(): Promise<void> }) => {
    started.defer(() => listener.close());
    const { address } = listener;
    const known = addresses.some((each) => each.name === name && each.address === address);
    if (!known) addresses.push({ name, address });
    return parseAddress(address);
  };
  const common = {
    clock,
    logger: log,
    maxConnections: server.tcpMaxConnections,
    lingerMs: server.closeLingerMs,
    onRefused: (remote: string) => log.warn("too many connections: refused", { remote }),
  };
  if (server.tcpEnabled) {
    opened("tcp", listenTcp({ ...common, ...server.tcpAddr }, accept));
  }
  const http = new HttpServer({ clock, logger: log });
  const webSocket = async (name: string, at: Address) => {
    const options = {
      ...common,
      ...at,
      path: server.wsPath,
      frameBytesMax: server.wsMaxFrameSizeBytes,
    };
    return opened(name, await listenWebSocket(http, options, accept));
  };
  const health = healthRoutes(() => readinessOf(broker, readiness.stopping));
  const serveHealth = async (name: string, at: Address) => {
    const routes = { fetch: (request: Request) => health.fetch(request) };
    opened(name, await http.listen(at, routes));
  };
  const { wsAddr, httpAddr, healthAddr, httpEnabled, wsEnabled, healthEnabled } = server;
  if (wsEnabled) await webSocket("ws", wsAddr);
  // Where port 0 was asked for, both kinds of routes share the port that the first one got.
  const httpBound = httpEnabled && wsEnabled ? await webSocket("http", httpAddr) : httpAddr;
  const shared = httpEnabled && healthAddr.hostname === httpAddr.hostname &&
    healthAddr.port === httpAddr.port;
  if (httpEnabled && healthEnabled) await serveHealth("http", httpBound);
  if (healthEnabled && !shared) await serveHealth("health", healthAddr);
  return addresses;
}

function readinessOf(broker: Broker, stopping: boolean): Readiness {
  const { ready, details } = broker.inspector.readiness();
  return stopping
    ? { ready: false, details: { ...details, server: "stopping" } }
    : { ready, details };
}

function brokerLimits(config: Config): BrokerLimits {
  const { broker, session, server } = config;
  return {
    messageSizeMax: broker.maxMessageSizeBytes,
    packetSizeMax: packetSizeFor(broker.maxMessageSizeBytes),
    retainedMessagesMax: broker.maxRetainedMessages,
    keepAliveSecondsMax: broker.maxKeepAliveSeconds,
    receiveMaximum: broker.receiveMaximum,
    topicAliasMaximum: broker.topicAliasMaximum,
    maximumQoS: broker.maximumQos,
    retainAvailable: broker.retainAvailable,
    protocolVersions: broker.protocolVersions,
    v3RefusedPublish: broker.v3RefusedPublish,
    retryIntervalMs: broker.retryIntervalMs,
    retriesMax: broker.maxRetries,
    slowReceiverGraceMs: broker.slowReceiverGraceMs,
    outputHighWater: broker.outputHighWaterBytes,
    outputLowWater: broker.outputLowWaterBytes,
    outputMax: broker.outputMaxBytes,
    sessionsMax: session.maxSessions,
    defaultExpirySeconds: session.defaultExpiryIntervalSeconds,
    expirySecondsMax: session.maxExpiryIntervalSeconds,
    queue: {
      messagesMax: session.maxOfflineQueueSize,
      bytesMax: session.maxOfflineQueueBytes,
    },
    inflightMax: session.maxInflightMessages,
    subscriptionsMax: session.maxSubscriptions,
    readTimeoutMs: server.tcpReadTimeoutMs,
    writeTimeoutMs: server.tcpWriteTimeoutMs,
    expirySweepMs: EXPIRY_SWEEP_MS,
  };
}
