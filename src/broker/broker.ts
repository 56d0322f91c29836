/**
 * The MQTT server: assembles its parts, accepts transports, and answers the cluster. It listens
 * nowhere itself; whoever has a {@linkcode Transport} hands it to `accept`.
 */
import { Deadlines } from "../base/deadlines.ts";
import type { Durable } from "../base/durable.ts";
import type { ClusterHost, SessionSnapshot } from "../cluster/cluster.ts";
import type { Delivery } from "../mqtt/delivery.ts";
import type { Message } from "../mqtt/message.ts";
import { ReasonCode } from "../mqtt/reason_code.ts";
import { TopicTable } from "../mqtt/topic_cache.ts";
import { RetainedIndex } from "../router/retained_index.ts";
import { Router } from "../router/router.ts";
import type { Transport } from "../transport/transport.ts";
import { Accounting, Statistics } from "./accounting.ts";
import { Connection } from "./connection.ts";
import type { BrokerContext, BrokerDependencies, ClientSession } from "./context.ts";
import { Deliveries } from "./delivery.ts";
import { ExpirySweep } from "./expiry.ts";
import { FanOutTurns } from "./fan_out_turns.ts";
import { Inspector } from "./inspector/inspector.ts";
import { TOPICS_KNOWN } from "./limits.ts";
import { Outbox } from "./outbox.ts";
import { ChunkPool } from "./output_buffer.ts";
import { Publisher } from "./publisher.ts";
import { Relay } from "./relay.ts";
import { restore } from "./restore.ts";
import { RetainedSender } from "./retained_sender.ts";
import { RetrySweep } from "./retry.ts";
import { redeliver } from "./shared_inheritance.ts";
import { Sessions } from "./sessions.ts";
import { Wills } from "./wills.ts";

export class Broker implements AsyncDisposable {
  readonly inspector: Inspector;
  readonly #context: BrokerContext;
  readonly #connections = new Set<Connection>();
  readonly #expirySweep: ExpirySweep;
  readonly #retrySweep: RetrySweep;
  #state: "starting" | "serving" | "stopping" = "starting";
  #stopped: Promise<void> | undefined;
  #allClosed: (() => void) | undefined;

  private constructor(dependencies: BrokerDependencies) {
    this.#context = assemble(dependencies);
    this.inspector = new Inspector(this.#context, this.#connections);
    this.#expirySweep = new ExpirySweep(this.#context);
    this.#retrySweep = new RetrySweep(this.#context);
  }

  /** Restores what the store has, joins the cluster and resolves when clients may be accepted. */
  static async start(dependencies: BrokerDependencies): Promise<Broker> {
    const broker = new Broker(dependencies);
    await restore(broker.#context);
    await dependencies.cluster.join(broker.#host());
    broker.#expirySweep.start();
    broker.#retrySweep.start();
    broker.#state = "serving";
    return broker;
  }

  /** Serves a peer. The broker owns the transport from now on. */
  accept(transport: Transport): void {
    if (this.#state !== "serving") {
      transport.abort();
      return;
    }
    this.#context.statistics.connectionsAccepted++;
    const connection = new Connection(this.#context, transport, this.#ended);
    this.#connections.add(connection);
    transport.start(connection);
  }

  /** One function for all connections. */
  readonly #ended = (connection: Connection): void => {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#allClosed?.();
  };

  /** Publishes a message of the broker itself or of a bridge. */
  publish(message: Message): { readonly durable: Durable; readonly matched: number } {
    return this.#context.publisher.publish(message);
  }

  /**
   * Stops: accepts nobody, ends every connection (5.0 clients get DISCONNECT 0x8B) and resolves when
   * all of them have been written out and closed. Sessions stay in the store. The store and the
   * cluster belong to the caller. Idempotent.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    this.#state = "stopping";
    this.#expirySweep.stop();
    this.#retrySweep.stop();
    if (this.#connections.size > 0) {
      const closed = new Promise<void>((resolve) => this.#allClosed = resolve);
      for (const connection of this.#connections) {
        connection.end(ReasonCode.ServerShuttingDown, "the server is shutting down");
      }
      await closed;
    }
    await this.#context.sessions.idle();
    await this.#context.wills.idle();
    this.#context.sessions.stop();
    this.#context.deadlines[Symbol.dispose]();
  }

  #host(): ClusterHost {
    const { publisher, retained, sessions } = this.#context;
    return {
      deliver: (message: Message) => publisher.deliverLocally(message).durable,
      retained: (message: Message) => {
        message.pin();
        if (message.payload.length === 0) retained.delete(message.topic);
        else retained.set(message.retainPayload());
        return undefined;
      },
      surrender: (clientId: string): Promise<SessionSnapshot | undefined> =>
        sessions.surrender(clientId),
      lost: (clientId: string, epoch: number) => sessions.lost(clientId, epoch),
      redeliver: (deliveries: readonly Delivery[]) => redeliver(this.#context, deliveries).durable,
    };
  }
}

function assemble(dependencies: BrokerDependencies): BrokerContext {
  const context = {
    ...dependencies,
    deadlines: new Deadlines(dependencies.clock),
    accounting: new Accounting(),
    statistics: new Statistics(),
    chunkPool: new ChunkPool(),
    topics: new TopicTable(TOPICS_KNOWN),
    outbox: new Outbox(dependencies.clock),
    fanOutTurns: new FanOutTurns(dependencies.clock),
    router: new Router<ClientSession>({
      onRouteAdded: (filter, share) => void dependencies.cluster.addRoute(filter, share),
      onRouteRemoved: (filter, share) => void dependencies.cluster.removeRoute(filter, share),
    }),
    retained: new RetainedIndex(),
  } as { -readonly [Key in keyof BrokerContext]: BrokerContext[Key] };
  // The parts know each other through the context; none acts before the first connection.
  context.sessions = new Sessions(context);
  context.deliveries = new Deliveries(context);
  context.publisher = new Publisher(context);
  context.relay = new Relay(context);
  context.retainedSender = new RetainedSender(context);
  context.wills = new Wills(context);
  return context;
}
