import { clusterConformance } from "./cluster_conformance.ts";
import { StandaloneCluster } from "./standalone.ts";

clusterConformance("StandaloneCluster", {
  nodesMax: 1,
  startNodes() {
    const cluster = new StandaloneCluster("node-1");
    return Promise.resolve({
      clusters: [cluster],
      settled: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => cluster.close(),
    });
  },
});
