/** Stores on disk with some of everything in them. */
import { silentLogger } from "../../base/log.ts";
import type { Logger } from "../../base/log.ts";
import { SystemClock } from "../../base/system_clock.ts";
import {
  AWKWARD_NAMES,
  commit,
  delivery,
  FULL_PROPERTIES,
  message,
  session,
  subscription,
  will,
} from "../conformance/fixtures.ts";
import { type Entry, EVERYTHING, withDatabase } from "./database.ts";
import { type LevelStore, type LevelStoreOptions, openLevelStore } from "./level_store.ts";

export function storeOptions(directory: string, log: Logger = silentLogger): LevelStoreOptions {
  return {
    directory,
    sync: "always",
    syncIntervalMs: 100,
    checkOnStartBytes: Infinity,
    clock: new SystemClock(),
    log,
  };
}

/** What {@linkcode fillStore} puts into a store. */
export const FILLED = {
  sessions: AWKWARD_NAMES.length,
  subscriptions: 2 * AWKWARD_NAMES.length,
  deliveries: 5 * AWKWARD_NAMES.length,
  received: AWKWARD_NAMES.length,
  retained: AWKWARD_NAMES.length,
  wills: AWKWARD_NAMES.length,
  admin: AWKWARD_NAMES.length,
} as const;

/** Puts some of everything into `store`, under names that a careless format would mix up. */
export async function fillStore(store: LevelStore): Promise<void> {
  for (const [at, name] of AWKWARD_NAMES.entries()) {
    const id = 10 * at + 1;
    const shared = message(id, { payload: new Uint8Array(at * 1000), properties: FULL_PROPERTIES });
    await commit(store, (batch) => {
      batch.putSession(session(name));
      batch.putSubscription(name, subscription(name));
      batch.putSubscription(name, subscription("+/#", { subscriptionIdentifier: 7 }));
      for (let seq = 1; seq <= 3; seq++) batch.enqueue(name, seq, delivery(shared));
      batch.enqueue(name, 4, delivery(message(id + 1)));
      batch.startInflight(name, 9, 1);
      batch.putInflight(name, 10, 5, delivery(message(id + 2), { qos: 2 }));
      batch.putReceived(name, 11);
      batch.putRetained(message(id + 3, { topic: name, retain: true }));
      batch.putWill(will(name));
    });
    await store.admin.put("kind", name, { at });
  }
}

/** Everything in the database of a store that is not open. */
export async function entriesOf(directory: string): Promise<Entry[]> {
  return await withDatabase(directory, async (database) => {
    const all: Entry[] = [];
    for await (const page of database.pages(EVERYTHING)) {
      for (const [key, value] of page) all.push([new Uint8Array(key), new Uint8Array(value)]);
    }
    return all;
  });
}

/** A directory with such a store, closed. */
export async function filledDirectory(directory: string): Promise<Entry[]> {
  const store = await openLevelStore(storeOptions(directory));
  await fillStore(store);
  await store.close();
  return await entriesOf(directory);
}
