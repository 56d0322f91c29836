/**
 * MQTT for who has only HTTP: publish one message, or read a topic filter as a stream. Both count as
 * the acts of a client whose username is the name of the user or token that asks: the authorizer of
 * MQTT is asked, and bans count.
 */
import type { Authorizer } from "../../auth/auth.ts";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { type Random, randomHex } from "../../base/random.ts";
import type { PublishOutcome, PublishRequest } from "../../broker/inspector/actions.ts";
import type { QoS } from "../../mqtt/packet.ts";
import type { Transport } from "../../transport/transport.ts";
import { HttpSubscription } from "./http_subscription.ts";

/** Who asks. */
export interface HttpCaller {
  /** Of the user or the token. */
  readonly name: string;
  /** An IP address. */
  readonly address: string;
}

export interface HttpBridgeOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly authorizer: Authorizer;
  /** What `BridgeLogin` has been given. */
  readonly secret: Uint8Array;
  /** A new stream to the broker, which sees `remoteAddress` at its other end. */
  readonly connect: (remoteAddress: string) => Transport;
  /** The broker's, which asks no authorizer. */
  readonly publish: (request: PublishRequest) => Promise<PublishOutcome>;
}

/** Subscriptions at once. */
export const SUBSCRIPTIONS_MAX = 100;

const CLIENT_ID_BYTES = 8;

/** The client id under which a message counts that a user or a token of that name has published. */
export function publisherName(name: string): string {
  return `http/${name}`;
}

export class HttpBridge {
  readonly #options: HttpBridgeOptions;
  readonly #subscriptions = new Set<HttpSubscription>();

  constructor(options: HttpBridgeOptions) {
    this.#options = options;
  }

  /**
   * Publishes a message; undefined: the caller may not. At QoS 1 and 2 it resolves when the message
   * is as durable as an acknowledgement promises.
   */
  async publish(
    caller: HttpCaller,
    message: Omit<PublishRequest, "publisher">,
  ): Promise<PublishOutcome | undefined> {
    const clientId = publisherName(caller.name);
    const { name: username, address: remoteAddress } = caller;
    const identity = { clientId, username, remoteAddress, peerCertificate: undefined };
    if (!await this.#allowed(identity, message)) return undefined;
    return await this.#options.publish({ ...message, publisher: clientId });
  }

  /**
   * Subscribes; resolves when the broker has answered, whatever that is. Undefined: there are
   * {@linkcode SUBSCRIPTIONS_MAX} already. The caller closes it.
   */
  async subscribe(
    caller: HttpCaller,
    topicFilter: string,
    qos: QoS,
  ): Promise<HttpSubscription | undefined> {
    if (this.#subscriptions.size >= SUBSCRIPTIONS_MAX) return undefined;
    const { clock, random, secret, connect } = this.#options;
    const subscription: HttpSubscription = new HttpSubscription({
      clock,
      transport: connect(caller.address),
      clientId: `http-${randomHex(random, CLIENT_ID_BYTES)}`,
      username: caller.name,
      password: secret,
      topicFilter,
      qos,
      onEnd: () => this.#subscriptions.delete(subscription),
    });
    this.#subscriptions.add(subscription);
    await subscription.answered;
    return subscription;
  }

  async #allowed(
    identity: Parameters<Authorizer["publish"]>[0],
    { topic, qos, retain }: Omit<PublishRequest, "publisher">,
  ): Promise<boolean> {
    try {
      return await this.#options.authorizer.publish(identity, topic, qos, retain);
    } catch (error) {
      this.#options.log.error("authorization failed to run", { topic, error: String(error) });
      return false;
    }
  }
}
