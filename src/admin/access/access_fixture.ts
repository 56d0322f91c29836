import { FakeClock } from "../../base/fake_clock.ts";
import { silentLogger } from "../../base/log.ts";
import { SeededRandom } from "../../base/random.ts";
import { MemoryStore } from "../../storage/memory.ts";
import type { Store } from "../../storage/store.ts";
import { AccessControl } from "./access_control.ts";

/** So little work that tests need not wait for it. */
export const CHEAP_SCRYPT = { N: 2, r: 1, p: 1 };

/** Access control over a store in memory, on a clock that stands. */
export function accessFixture(store: Store = new MemoryStore()) {
  const clock = new FakeClock();
  const random = new SeededRandom(1);
  const options = { store: store.admin, clock, random, log: silentLogger };
  const access = new AccessControl({ ...options, scryptCost: CHEAP_SCRYPT });
  return { access, clock, random, store };
}
