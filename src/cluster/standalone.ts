import type { Durable } from "../base/durable.ts";
import type { Cluster, ClusterHost, ClusterStatus, SessionClaim, SessionGrant } from "./cluster.ts";

/**
 * The cluster of one: every session is here, nobody else has a route. Epochs still grow with every
 * claim, so code that fences by epoch behaves as it would among peers.
 */
export class StandaloneCluster implements Cluster {
  readonly #epochs = new Map<string, number>();

  constructor(readonly nodeId: string) {}

  join(_host: ClusterHost): Promise<void> {
    return Promise.resolve();
  }

  claim(clientId: string, _claim: SessionClaim): Promise<SessionGrant> {
    const epoch = (this.#epochs.get(clientId) ?? 0) + 1;
    this.#epochs.set(clientId, epoch);
    return Promise.resolve({ epoch, snapshot: undefined });
  }

  release(clientId: string, epoch: number): Durable {
    if (this.#epochs.get(clientId) === epoch) this.#epochs.delete(clientId);
    return undefined;
  }

  addRoute(): Durable {
    return undefined;
  }

  removeRoute(): Durable {
    return undefined;
  }

  forward(): Durable {
    return undefined;
  }

  retain(): Durable {
    return undefined;
  }

  status(): ClusterStatus {
    return {
      nodeId: this.nodeId,
      clustered: false,
      isLeader: true,
      nodes: [{ nodeId: this.nodeId, alive: true }],
      available: true,
      detail: "standalone",
    };
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
