/**
 * Shows that the cases for several nodes can pass: the
 * suite is run against the smallest cluster that keeps the contract, all of it in one process.
 */
import type { Durable } from "../base/durable.ts";
import type { Message } from "../mqtt/message.ts";
import { topicMatches } from "../mqtt/topic_filter.ts";
import type { Cluster, ClusterHost, ClusterStatus, SessionClaim, SessionGrant } from "./cluster.ts";
import { clusterConformance } from "./cluster_conformance.ts";

interface Owner {
  readonly node: HubNode;
  readonly epoch: number;
}

/** What the nodes agree on. */
class Hub {
  readonly nodes: HubNode[] = [];
  readonly #owners = new Map<string, Owner>();
  readonly #claims = new Map<string, Promise<unknown>>();
  #epoch = 0;

  claim(node: HubNode, clientId: string, claim: SessionClaim): Promise<SessionGrant> {
    const turn = (this.#claims.get(clientId) ?? Promise.resolve())
      .then(() => this.#take(node, clientId, claim));
    this.#claims.set(clientId, turn);
    return turn;
  }

  release(node: HubNode, clientId: string, epoch: number): void {
    const owner = this.#owners.get(clientId);
    if (owner?.node === node && owner.epoch === epoch) this.#owners.delete(clientId);
  }

  async #take(node: HubNode, clientId: string, { cleanStart }: SessionClaim) {
    const before = this.#owners.get(clientId);
    const elsewhere = before !== undefined && before.node !== node ? before : undefined;
    const snapshot = await elsewhere?.node.host.surrender(clientId);
    const epoch = ++this.#epoch;
    this.#owners.set(clientId, { node, epoch });
    elsewhere?.node.host.lost(clientId, elsewhere.epoch);
    return { epoch, snapshot: cleanStart ? undefined : snapshot };
  }
}

class HubNode implements Cluster {
  readonly alone = false;
  readonly nodeId: string;
  readonly #hub: Hub;
  readonly #routes = new Set<string>();
  host!: ClusterHost;
  alive = true;

  constructor(hub: Hub, index: number) {
    this.nodeId = `node-${index}`;
    this.#hub = hub;
  }

  join(host: ClusterHost): Promise<void> {
    this.host = host;
    return Promise.resolve();
  }

  claim(clientId: string, claim: SessionClaim): Promise<SessionGrant> {
    return this.#hub.claim(this, clientId, claim);
  }

  release(clientId: string, epoch: number): Durable {
    this.#hub.release(this, clientId, epoch);
    return undefined;
  }

  addRoute(matchFilter: string, shareName: string | undefined): Durable {
    this.#routes.add(JSON.stringify([matchFilter, shareName]));
    return undefined;
  }

  removeRoute(matchFilter: string, shareName: string | undefined): Durable {
    this.#routes.delete(JSON.stringify([matchFilter, shareName]));
    return undefined;
  }

  forward(message: Message): Durable {
    const peers = this.#peers().filter((peer) => peer.#wants(message.topic));
    return Promise.all(peers.map((peer) => peer.host.deliver(message))).then(() => undefined);
  }

  retain(message: Message): Durable {
    for (const peer of this.#peers()) peer.host.retained(message);
    return undefined;
  }

  status(): ClusterStatus {
    const { nodes } = this.#hub;
    return {
      nodeId: this.nodeId,
      clustered: true,
      isLeader: nodes.find(({ alive }) => alive) === this,
      nodes: nodes.map(({ nodeId, alive }) => ({ nodeId, alive })),
      available: true,
      detail: "in one process",
    };
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.alive = false;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #peers(): HubNode[] {
    return this.#hub.nodes.filter((node) => node !== this && node.alive);
  }

  #wants(topic: string): boolean {
    return [...this.#routes].some((route) => topicMatches(JSON.parse(route)[0], topic));
  }
}

clusterConformance("the cluster in one process", {
  nodesMax: 3,
  startNodes(count) {
    const hub = new Hub();
    for (let index = 1; index <= count; index++) hub.nodes.push(new HubNode(hub, index));
    return Promise.resolve({
      clusters: hub.nodes,
      settled: () => Promise.resolve(),
      async [Symbol.asyncDispose]() {
        for (const node of hub.nodes) await node.close();
      },
    });
  },
});
