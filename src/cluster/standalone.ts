import type { Durable } from "../base/durable.ts";
import type { Cluster, ClusterHost, ClusterStatus, SessionClaim, SessionGrant } from "./cluster.ts";

/**
 * The cluster of one: every session is here, nobody else has a route. Epochs still grow with every
 * claim, so code that fences by epoch behaves as it would among peers; one counter for all client
 * ids keeps them growing without a memory of who was here.
 */
export class StandaloneCluster implements Cluster {
  readonly alone: boolean = true;
  #epoch = 0;

  constructor(readonly nodeId: string) {}

  join(_host: ClusterHost): Promise<void> {
    return Promise.resolve();
  }

  claim(_clientId: string, _claim: SessionClaim): Promise<SessionGrant> {
    return Promise.resolve({ epoch: ++this.#epoch, snapshot: undefined });
  }

  release(): Durable {
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
