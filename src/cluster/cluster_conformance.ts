/**
 * The behaviour of the Cluster contract as tests: what every implementation passes. Cases for
 * several nodes run where the implementation can start as many.
 */
import { membershipCases } from "./conformance/membership.ts";
import { aloneCases, routeCases } from "./conformance/messages.ts";
import type { ClusterNodes, RegisterClusterCase } from "./conformance/nodes.ts";
import { RecordingHost } from "./conformance/recording_host.ts";
import { claimCases, takeoverCases } from "./conformance/sessions.ts";

export type { ClusterNodes };

/** How the suite gets at an implementation. */
export interface ClusterHarness {
  /** How many nodes can form one cluster; cases that need more are left out. */
  readonly nodesMax: number;
  /** Nodes of one new cluster, with different node ids, that have not joined yet. */
  startNodes(count: number): Promise<ClusterNodes>;
}

/** Registers every case for the implementation that is called `name`. */
export function clusterConformance(name: string, harness: ClusterHarness): void {
  const test: RegisterClusterCase = (nodeCount, behaviour, run) => {
    if (nodeCount > harness.nodesMax) return;
    Deno.test(`${name} ${behaviour}`, async () => {
      await using started = await harness.startNodes(nodeCount);
      const nodes = started.clusters.map((cluster) => ({ cluster, host: new RecordingHost() }));
      await Promise.all(nodes.map(({ cluster, host }) => cluster.join(host)));
      await run(nodes, () => started.settled());
    });
  };
  membershipCases(test);
  claimCases(test);
  takeoverCases(test);
  aloneCases(test);
  routeCases(test);
}
