/**
 * A program that stores: each commit is a session with one queued message, and is noted with the
 * events of the shim once it is durable. Large messages make LevelDB write tables, deletions make it
 * compact them; the second opening finds a log to recover.
 */
import { silentLogger } from "../../src/base/log.ts";
import { SystemClock } from "../../src/base/system_clock.ts";
import { delivery, message, session } from "../../src/storage/conformance/fixtures.ts";
import { openLevelStore } from "../../src/storage/leveldb/level_store.ts";
import { noteMark } from "./sync_shim.ts";

const COMMITS = 60;
const LARGE_BYTES = 512 * 1024;

const [directory, keep] = Deno.args;
for (const half of [0, 1]) {
  await using store = await openLevelStore({
    directory: directory!,
    sync: "always",
    syncIntervalMs: 100,
    checkOnStartBytes: Infinity,
    clock: new SystemClock(),
    log: silentLogger,
  });
  for (let number = half * COMMITS / 2 + 1; number <= (half + 1) * COMMITS / 2; number++) {
    const batch = store.batch();
    batch.putSession(session(`c${number}`));
    const payload = new Uint8Array(number % 2 === 0 ? LARGE_BYTES : number).fill(number);
    batch.enqueue(`c${number}`, 1, delivery(message(number, { payload })));
    if (number > 10) batch.deleteSession(`c${number - 10}`);
    await batch.commit();
    noteMark(keep!, number);
  }
}
