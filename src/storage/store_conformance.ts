/**
 * The behaviour of the Store contract as tests: what every implementation passes.
 *
 * ```ts
 * storeConformance("MemoryStore", { open: …, reopen: { skipped: "keeps nothing" }, … });
 * ```
 */
import assert from "#assert";
import { adminCases } from "./conformance/admin.ts";
import { batchCases, closeCases, lastWriteCases } from "./conformance/batches.ts";
import {
  diskCases,
  type DiskHooks,
  type RegisterDiskCase,
  type Skipped,
  type StoreUnderTest,
} from "./conformance/disk.ts";
import type { RegisterCase } from "./conformance/fixtures.ts";
import { inflightCases, receivedCases } from "./conformance/inflight.ts";
import { queueCases, queuedDeliveryCases, sharedBodyCases } from "./conformance/queue.ts";
import { retainedCases, willCases } from "./conformance/retained_and_wills.ts";
import { sessionCases, sessionDeletionCases, sessionExpiryCases } from "./conformance/sessions.ts";
import { subscriptionCases } from "./conformance/subscriptions.ts";
import type { Store } from "./store.ts";

export type { DiskHooks, Skipped, StoreUnderTest };

/**
 * How the suite gets at an implementation. A hook that it does not have is named with the reason;
 * the cases that need it are left out.
 */
export type StoreHarness =
  & {
    /** A new, empty store; its disposal closes it and removes what lies under it. */
    open(): Promise<StoreUnderTest>;
  }
  & { readonly [H in keyof DiskHooks]: DiskHooks[H] | Skipped };

/** For a store with nothing under it. */
export function withoutDisk(open: () => Store): Pick<StoreHarness, "open"> {
  return {
    open() {
      const store = open();
      return Promise.resolve({ store, [Symbol.asyncDispose]: () => store.close() });
    },
  };
}

/** Registers every case for the implementation that is called `name`. */
export function storeConformance(name: string, harness: StoreHarness): void {
  const test: RegisterCase = (behaviour, run) => {
    Deno.test(`${name} ${behaviour}`, async () => {
      await using under = await harness.open();
      await run(under.store);
    });
  };
  const testDisk: RegisterDiskCase = (hookName, behaviour, run) => {
    const hook = harness[hookName];
    if ("skipped" in hook) return assert.ok(hook.skipped.length > 0, "a skip says why");
    Deno.test(`${name} ${behaviour}`, async () => {
      await using under = await harness.open();
      await run(under, hook as DiskHooks[typeof hookName]);
    });
  };
  sessionCases(test);
  sessionExpiryCases(test);
  sessionDeletionCases(test);
  subscriptionCases(test);
  queueCases(test);
  queuedDeliveryCases(test);
  sharedBodyCases(test);
  inflightCases(test);
  receivedCases(test);
  retainedCases(test);
  willCases(test);
  adminCases(test);
  batchCases(test);
  lastWriteCases(test);
  closeCases(test);
  diskCases(testDisk);
}
