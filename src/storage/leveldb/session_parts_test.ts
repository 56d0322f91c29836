import assert from "#assert";
import { commit, session, subscription } from "../conformance/fixtures.ts";
import { openLevelStore } from "./level_store.ts";
import { TestFolder } from "./mend/level_fixture.ts";
import { storeOptions } from "./store_fixture.ts";

/** More steps than a listing takes before it has asked LevelDB for its first page. */
const STEPS = 30;

Deno.test("SessionStore.list: what it has read ahead is not used for what was committed since", async () => {
  await using folder = await TestFolder.make();
  await using store = await openLevelStore(storeOptions(folder.path));
  await commit(store, (batch) => batch.putSession(session("a")));
  for (let steps = 0; steps < STEPS; steps++) {
    const listing = store.sessions.list()[Symbol.asyncIterator]();
    const listed = listing.next();
    for (let step = 0; step < steps; step++) await undefined;
    const topicFilter = `filter/${steps}`;
    const durable = commit(
      store,
      (batch) => batch.putSubscription("a", subscription(topicFilter)),
    );
    await listed;
    const found = await store.subscriptions.list("a");
    assert.ok(found.some((each) => each.topicFilter === topicFilter), `after ${steps} steps`);
    await durable;
    await listing.return!();
  }
});
