import assert from "#assert";
import { AllowAll } from "../../src/auth/allow_all.ts";
import type { Authenticator, Authorizer } from "../../src/auth/auth.ts";
import { FakeClock } from "../../src/base/fake_clock.ts";
import { type Logger, silentLogger } from "../../src/base/log.ts";
import { type Random, SeededRandom } from "../../src/base/random.ts";
import { Broker } from "../../src/broker/broker.ts";
import { type BrokerLimits, packetSizeFor } from "../../src/broker/limits.ts";
import type { Cluster } from "../../src/cluster/cluster.ts";
import { StandaloneCluster } from "../../src/cluster/standalone.ts";
import type { BrokerObserver } from "../../src/events/observer.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { SESSION_EXPIRY_NEVER, type Store } from "../../src/storage/store.ts";
import { MemoryListener, type MemoryTransportOptions } from "../../src/transport/memory.ts";
import { type ConnectOptions, RawClient } from "./raw_client.ts";

/** The limits that tests run with; close to the defaults of the configuration. */
export const TEST_LIMITS: BrokerLimits = {
  messageSizeMax: 1024 * 1024,
  packetSizeMax: packetSizeFor(1024 * 1024),
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
  outputHighWater: 256 * 1024,
  outputLowWater: 64 * 1024,
  outputMax: 1024 * 1024,
  sessionsMax: 1_000_000,
  defaultExpirySeconds: 7 * 24 * 3600,
  expirySecondsMax: SESSION_EXPIRY_NEVER,
  queue: { messagesMax: 1000, bytesMax: 16 * 1024 * 1024 },
  inflightMax: 100,
  subscriptionsMax: 10_000,
  readTimeoutMs: 60_000,
  writeTimeoutMs: 60_000,
  expirySweepMs: 5 * 60 * 1000,
};

export interface TestBrokerOptions {
  readonly limits?: Partial<BrokerLimits>;
  readonly store?: Store;
  readonly clock?: FakeClock;
  readonly random?: Random;
  readonly cluster?: Cluster;
  readonly authenticator?: Authenticator;
  readonly authorizer?: Authorizer;
  readonly observer?: BrokerObserver;
  readonly log?: Logger;
  readonly transport?: MemoryTransportOptions;
  /** False: the books are not expected to balance (a test that breaks the store, say). */
  readonly balanced?: boolean;
}

/**
 * A whole broker in this process: real parts, but time stands still until the test moves it
 * (`clock.advance`) and transports are in memory. When it is disposed of, the accounting equation
 * has to hold and nothing may be left running.
 */
export class TestBroker implements AsyncDisposable {
  readonly broker: Broker;
  readonly clock: FakeClock;
  readonly store: Store;
  readonly #listener: MemoryListener;
  readonly #clients: RawClient[] = [];
  readonly #balanced: boolean;
  #disposed = false;

  private constructor(
    broker: Broker,
    clock: FakeClock,
    store: Store,
    options: TestBrokerOptions,
  ) {
    this.broker = broker;
    this.clock = clock;
    this.store = store;
    this.#balanced = options.balanced ?? true;
    this.#listener = new MemoryListener(
      (transport) => broker.accept(transport),
      options.transport,
    );
  }

  static async start(options: TestBrokerOptions = {}): Promise<TestBroker> {
    const clock = options.clock ?? new FakeClock();
    const store = options.store ?? new MemoryStore();
    const open = new AllowAll();
    const broker = await Broker.start({
      clock,
      random: options.random ?? new SeededRandom(1),
      log: options.log ?? silentLogger,
      store,
      cluster: options.cluster ?? new StandaloneCluster("node-under-test"),
      authenticator: options.authenticator ?? open,
      authorizer: options.authorizer ?? open,
      observer: options.observer ?? {},
      limits: { ...TEST_LIMITS, ...options.limits },
    });
    return new TestBroker(broker, clock, store, options);
  }

  /** A client with an open connection that has sent nothing. */
  async client(protocolVersion = 5): Promise<RawClient> {
    const client = new RawClient(await this.#listener.connect(), { protocolVersion });
    this.#clients.push(client);
    return client;
  }

  /** A client that was accepted; its CONNACK was taken. */
  async connect(options: ConnectOptions = {}): Promise<RawClient> {
    const client = await this.client(options.protocolVersion ?? 5);
    const connack = await client.connect(options);
    assert.equal(connack.reasonCode ?? connack.returnCode, 0, "CONNACK refuses");
    return client;
  }

  /** Moves time. */
  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  /** The left and the right side of the accounting equation agree. */
  assertBalanced(): void {
    const report = this.broker.inspector.accounting();
    assert.equal(report.difference, 0, `the books do not balance: ${JSON.stringify(report)}`);
  }

  /**
   * Stops the broker but leaves its store open, for the next one. Takes no time, unless a client does
   * not read: that one is waited for.
   */
  async stop(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await nextTurn();
    if (this.#balanced) this.assertBalanced();
    for (const client of this.#clients) client.thaw();
    let running = true;
    const stopped = this.broker.stop().finally(() => running = false);
    await nextTurn();
    // A client that does not read is given up after a while.
    if (running) await this.clock.advance(10_000);
    await stopped;
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
    await nextTurn();
    if (this.#balanced) this.assertBalanced();
    assert.equal(this.broker.inspector.counts().connections, 0, "a connection is left");
    assert.equal(this.broker.inspector.counts().deadlines, 0, "a deadline is left");
    await this.#listener.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.store.close();
  }
}

/** Lets everything that is runnable run. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** A test for each protocol version; the name says which one it was. */
export function testVersions(
  name: string,
  versions: readonly (3 | 4 | 5)[],
  body: (version: 3 | 4 | 5) => Promise<void>,
): void {
  for (const version of versions) {
    Deno.test(`${name} (${VERSION_NAMES[version]})`, () => body(version));
  }
}

const VERSION_NAMES = { 3: "3.1", 4: "3.1.1", 5: "5.0" } as const;
