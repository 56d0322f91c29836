/**
 * The composition root: the one file that names concrete classes. It maps the configuration to the
 * small options of each part, starts them in order, and stops them in the reverse order.
 */
import { AccessControl } from "./admin/access/access_control.ts";
import {
  createFirstAdmin,
  FirstAdminError,
  type FirstCredentials,
} from "./admin/access/first_admin.ts";
import { createAdminApi } from "./admin/admin.ts";
import { createConsole } from "./admin/console/console.ts";
import type { Setting } from "./admin/routes/config.ts";
import { AllowAll } from "./auth/allow_all.ts";
import { BanCheck } from "./auth/ban_check.ts";
import { Bans } from "./auth/bans.ts";
import { DenyAll } from "./auth/deny_all.ts";
import type { Clock } from "./base/clock.ts";
import { type Logger, silentLogger } from "./base/log.ts";
import { type Random, randomHex, SystemRandom } from "./base/random.ts";
import { VERSION } from "./base/version.ts";
import { SystemClock } from "./base/system_clock.ts";
import type { Authenticator, Authorizer, BanList } from "./auth/auth.ts";
import { BridgeLogin, newBridgeSecret } from "./bridges/http/bridge_login.ts";
import { HttpBridge, type HttpBridgeOptions } from "./bridges/http/http_bridge.ts";
import { Broker } from "./broker/broker.ts";
import { type BrokerLimits, packetSizeFor } from "./broker/limits.ts";
import type { Cluster } from "./cluster/cluster.ts";
import { StandaloneCluster } from "./cluster/standalone.ts";
import type { Config } from "./config/config.ts";
import type { BrokerObserver } from "./events/observer.ts";
import { observerFanOut } from "./events/observer_fan_out.ts";
import { ReasonCode } from "./mqtt/reason_code.ts";
import { withWayOut } from "./storage/leveldb/damage_text.ts";
import { openLevelStore } from "./storage/leveldb/level_store.ts";
import { MemoryStore } from "./storage/memory.ts";
import { type Store, StoreError } from "./storage/store.ts";
import {
  clusterView,
  healthRoutes,
  type HealthSource,
  type Readiness,
} from "./telemetry/health.ts";
import { SysTopics } from "./telemetry/sys_topics.ts";
import { Telemetry } from "./telemetry/telemetry.ts";
import { type Address, formatAddress, parseAddress } from "./transport/address.ts";
import { HttpServer } from "./transport/http_server.ts";
import { memoryTransportPair } from "./transport/memory.ts";
import { listenTcp } from "./transport/tcp.ts";
import type { Listener, Transport } from "./transport/transport.ts";
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
  /** The configuration for people, as the admin API shows it; nothing by default. */
  readonly settings?: readonly Setting[];
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
  readonly telemetry: Telemetry;
  readonly bans: BanList;
  readonly addresses: readonly ServerAddress[];
  /** What the storage was found to have lost, in plain words; empty: nothing. */
  readonly storageDamage: readonly string[];
  /** What the first start made for the admin API; undefined when it was not the first. */
  readonly firstCredentials: FirstCredentials | undefined;
  /** Stops in order: not ready, no new clients, DISCONNECT to those there are, store closed. Idempotent. */
  close(): Promise<void>;
}

/** How often expired messages are swept out of queues and retained messages. */
const EXPIRY_SWEEP_MS = 5 * 60 * 1000;

/** Bytes of randomness in a node id. */
const NODE_ID_BYTES = 6;

/**
 * Starts everything that `config` asks for. Rejects, with nothing left running, when a part cannot
 * start.
 *
 * Health is served first and withdrawn last: what asks `/ready` sees the broker start and stop.
 */
export async function startServer(
  config: Config,
  dependencies: ServerDependencies = {},
): Promise<Server> {
  try {
    return await startParts(config, dependencies);
  } catch (error) {
    throw withWayOut(config.storage.leveldbDir, error);
  }
}

async function startParts(config: Config, dependencies: ServerDependencies): Promise<Server> {
  await using started = new AsyncDisposableStack();
  const clock = dependencies.clock ?? new SystemClock();
  const random = dependencies.random ?? new SystemRandom();
  const log = dependencies.logger ?? silentLogger;
  const http = new HttpServer({ clock, logger: log });
  const phase: Phase = { name: "starting" };
  const health = await listenForHealth(config, http, healthOf(phase), started);
  const store = started.use(dependencies.store ?? await openStore(config.storage, clock, log));
  const cluster = started.use(
    dependencies.cluster ?? new StandaloneCluster(`node-${randomHex(random, NODE_ID_BYTES)}`),
  );
  const bans = await openBans(clock, log, store, phase);
  const telemetry = new Telemetry({ clock, log, topicStatistics: config.admin.topicStatistics });
  const bridgeSecret = newBridgeSecret(random);
  const { authenticator, authorizer } = policies(config, dependencies, bans, bridgeSecret);
  const broker = started.use(
    await Broker.start({
      clock,
      random,
      log,
      store,
      cluster,
      authenticator,
      authorizer,
      observer: observerFanOut([telemetry.observer, dependencies.observer ?? {}]),
      limits: brokerLimits(config),
    }),
  );
  const sysTopics = started.use(
    new SysTopics(broker, { clock, intervalMs: config.broker.sysIntervalMs, version: VERSION }),
  );
  started.use(telemetry);
  await telemetry.start(broker.inspector, store.admin, store.damageAtStart);
  const httpAddr = boundAmong(health, "http") ?? config.server.httpAddr;
  const listening = { clock, log, broker, http, httpAddr, started };
  const admin = await listenForAdministration(config, {
    ...listening,
    random,
    store,
    cluster,
    telemetry,
    bans,
    bridge: httpBridge(broker, { clock, random, log, authorizer, secret: bridgeSecret }),
    settings: dependencies.settings ?? [],
  });
  const clients = await listenForClients(config, {
    ...listening,
    httpAddr: admin === undefined ? httpAddr : parseAddress(admin.address),
  });
  sysTopics.start();
  phase.name = "serving";
  phase.broker = broker;
  phase.cluster = cluster;
  const close = closing(started.move(), phase);
  return {
    broker,
    telemetry,
    bans,
    addresses: withoutTwins([
      ...clients,
      ...admin === undefined ? [] : [{ name: "http", address: admin.address }],
      ...health,
    ]),
    storageDamage: store.damageAtStart,
    firstCredentials: admin?.firstCredentials,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Stops what is running; idempotent. */
function closing(running: AsyncDisposableStack, phase: Phase): () => Promise<void> {
  let closed: Promise<void> | undefined;
  return () => {
    phase.name = "stopping";
    closed ??= running.disposeAsync();
    return closed;
  };
}

/** Who may connect, and what clients may do. */
function policies(
  { auth }: Config,
  { authenticator, authorizer }: ServerDependencies,
  bans: BanList,
  bridgeSecret: Uint8Array,
): { readonly authenticator: Authenticator; readonly authorizer: Authorizer } {
  const open = new AllowAll();
  const admits = authenticator ?? (auth.allowAnonymous === false ? new DenyAll() : open);
  const login = new BridgeLogin(bridgeSecret, admits);
  return { authenticator: new BanCheck(bans, login), authorizer: authorizer ?? open };
}

/** How far the server is, as `/ready` tells it. */
interface Phase {
  name: "starting" | "serving" | "stopping";
  /** Undefined while starting, both. */
  broker?: Broker;
  cluster?: Cluster;
}

function healthOf(phase: Phase): HealthSource {
  return {
    readiness: () => readinessIn(phase),
    cluster: () => {
      const { broker, cluster } = phase;
      if (broker === undefined || cluster === undefined) return undefined;
      return clusterView(cluster.status(), broker.inspector.counts().sessions);
    },
  };
}

function readinessIn({ name, broker }: Phase): Readiness {
  if (name !== "serving") return { ready: false, details: { server: name } };
  return broker!.inspector.readiness();
}

/** Who is banned while connected is disconnected. */
function openBans(clock: Clock, log: Logger, store: Store, phase: Phase): Promise<Bans> {
  const storage = store.admin;
  return Bans.open({
    clock,
    log,
    storage,
    onAdded: (applies) => {
      const actions = phase.broker?.inspector.actions;
      void actions?.disconnectAll(applies, ReasonCode.AdministrativeAction, "banned");
    },
  });
}

/** Serves `/health`, `/ready` and `/cluster/status` on `http_addr`, and on an address of their own. */
async function listenForHealth(
  { server }: Config,
  http: HttpServer,
  source: HealthSource,
  started: AsyncDisposableStack,
): Promise<ServerAddress[]> {
  if (!server.healthEnabled) return [];
  const { healthAddr, httpAddr, httpEnabled } = server;
  const health = healthRoutes(source);
  const listen = async (name: string, at: Address): Promise<ServerAddress> => {
    const listener = await http.listen(at, { fetch: (request) => health.fetch(request) });
    started.defer(() => listener.close());
    return { name, address: listener.address };
  };
  const shared = httpEnabled && formatAddress(healthAddr) === formatAddress(httpAddr);
  return [
    ...httpEnabled ? [await listen("http", httpAddr)] : [],
    ...shared ? [] : [await listen("health", healthAddr)],
  ];
}

/** With the real port; undefined: there is no listener of that name yet. */
function boundAmong(addresses: readonly ServerAddress[], name: string): Address | undefined {
  const found = addresses.find((each) => each.name === name);
  return found === undefined ? undefined : parseAddress(found.address);
}

async function openStore(storage: Config["storage"], clock: Clock, log: Logger): Promise<Store> {
  switch (storage.type) {
    case "memory":
      return new MemoryStore();
    case "leveldb": {
      const { leveldbDir: directory, sync, syncIntervalMs } = storage;
      const options = { directory, sync, syncIntervalMs, clock, log };
      const checkOnStartBytes = storage.leveldbCheckOnStartBytes;
      return await openLevelStore({ ...options, checkOnStartBytes });
    }
  }
}

interface Administering extends Listening {
  readonly random: Random;
  readonly store: Store;
  readonly cluster: Cluster;
  readonly telemetry: Telemetry;
  readonly bans: BanList;
  readonly bridge: HttpBridge;
  readonly settings: readonly Setting[];
}

/** Serves the admin API and its console on `http_addr`; undefined when they are not wanted. */
async function listenForAdministration(
  { admin, server }: Config,
  parts: Administering,
): Promise<{ address: string; firstCredentials: FirstCredentials | undefined } | undefined> {
  if (!admin.enabled || !server.httpEnabled) return undefined;
  const { clock, random, log, store, cluster, telemetry, bans, bridge, settings } = parts;
  const { http, httpAddr } = parts;
  const { inspector } = parts.broker;
  const access = new AccessControl({ store: store.admin, clock, random, log });
  const firstCredentials = await firstAdmin(access, random, admin.passwordFile, log);
  const api = createAdminApi({
    access,
    inspector,
    telemetry,
    node: {
      id: cluster.nodeId,
      version: VERSION,
      startedAt: clock.now(),
      cluster: () => cluster.status(),
    },
    bans,
    bridge,
    settings,
    clock,
    random,
    log,
  });
  const listener = await http.listen(httpAddr, api);
  parts.started.defer(() => listener.close());
  parts.started.defer(() => api.close());
  const pages = createConsole({ mqttPath: server.wsEnabled ? server.wsPath : undefined });
  const withPages = await http.listen(parseAddress(listener.address), pages);
  parts.started.defer(() => withPages.close());
  return { address: listener.address, firstCredentials };
}

/** Its clients reach the broker inside the process. */
function httpBridge(
  broker: Broker,
  options: Omit<HttpBridgeOptions, "connect" | "publish">,
): HttpBridge {
  return new HttpBridge({
    ...options,
    connect: (remoteAddress) => {
      const remoteAddresses = ["memory:0", remoteAddress] as const;
      const [client, server] = memoryTransportPair({ remoteAddresses });
      broker.accept(server);
      return client;
    },
    publish: (request) => broker.inspector.actions.publish(request),
  });
}

async function firstAdmin(
  access: AccessControl,
  random: Random,
  passwordFile: string | undefined,
  log: Logger,
): Promise<FirstCredentials | undefined> {
  try {
    return await createFirstAdmin(access, random, async () => {
      return passwordFile === undefined ? undefined : await firstLineOf(passwordFile);
    });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // Clients are served while the disk is full, and the API would be of no use without its users.
    log.warn("no admin could be stored: the next start tries again", { error: error.message });
    return undefined;
  }
}

async function firstLineOf(passwordFile: string): Promise<string> {
  try {
    return (await Deno.readTextFile(passwordFile)).split(/\r?\n/, 1)[0]!;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new FirstAdminError(`admin.password_file cannot be read: ${why}`, { cause: error });
  }
}

interface Listening {
  readonly clock: Clock;
  readonly log: Logger;
  readonly broker: Broker;
  readonly http: HttpServer;
  /** Where the HTTP server listens, with the real port if it is there already. */
  readonly httpAddr: Address;
  readonly started: AsyncDisposableStack;
}

/** Opens every listener for clients; each is closed before what it serves. */
async function listenForClients(config: Config, parts: Listening): Promise<ServerAddress[]> {
  const { clock, log, broker, http, httpAddr, started } = parts;
  const { server } = config;
  const addresses: ServerAddress[] = [];
  const accept = (transport: Transport) => broker.accept(transport);
  const opened = (name: string, listener: Listener) => {
    started.defer(() => listener.close());
    addresses.push({ name, address: listener.address });
  };
  const common = {
    clock,
    logger: log,
    maxConnections: server.tcpMaxConnections,
    lingerMs: server.closeLingerMs,
    onRefused: (remote: string) => log.warn("too many connections: refused", { remote }),
  };
  const webSocket = (at: Address) => {
    const frameBytesMax = server.wsMaxFrameSizeBytes;
    return listenWebSocket(http, { ...common, ...at, path: server.wsPath, frameBytesMax }, accept);
  };
  if (server.tcpEnabled) opened("tcp", listenTcp({ ...common, ...server.tcpAddr }, accept));
  if (server.wsEnabled) opened("ws", await webSocket(server.wsAddr));
  if (server.wsEnabled && server.httpEnabled) opened("http", await webSocket(httpAddr));
  return addresses;
}

/** One entry for each listener, though several kinds of routes may share it. */
function withoutTwins(addresses: readonly ServerAddress[]): ServerAddress[] {
  return addresses.filter(({ name }, index) =>
    addresses.findIndex((other) => other.name === name) === index
  );
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
