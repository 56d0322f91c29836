import assert from "#assert";
import { StandaloneCluster } from "../cluster/standalone.ts";
import { type ClusterView, clusterView, healthRoutes } from "./health.ts";

function routes(view: ClusterView | undefined) {
  const details = { server: "starting" };
  return healthRoutes({ readiness: () => ({ ready: false, details }), cluster: () => view });
}

for (const path of ["/cluster", "/cluster/status"]) {
  Deno.test(`${path}: says what the node knows of the cluster`, async () => {
    const view = clusterView(new StandaloneCluster("n1").status(), 7);
    const response = await routes(view).request(path);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.deepEqual(await response.json(), {
      node_id: "n1",
      is_leader: true,
      cluster_mode: "standalone",
      node_count: 1,
      sessions: 7,
      details: {
        available: true,
        detail: "standalone",
        nodes: [{ node_id: "n1", alive: true }],
      },
    });
  });

  Deno.test(`${path}: is 503 before the node has joined`, async () => {
    const response = await routes(undefined).request(path);
    assert.equal(response.status, 503);
    assert.deepEqual((await response.json()).details, { server: "starting" });
  });
}
