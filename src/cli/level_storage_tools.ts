/** The tools for data in LevelDB. Names the implementations, like `server.ts` does. */
import { AccessControl } from "../admin/access/access_control.ts";
import { resetPassword } from "../admin/access/first_admin.ts";
import { silentLogger } from "../base/log.ts";
import { SystemRandom } from "../base/random.ts";
import {
  type CheckedBackup as BackupOfLevel,
  restoreBackup,
  verifyBackup,
} from "../storage/leveldb/backup/restore.ts";
import { saveBackup } from "../storage/leveldb/backup/save_backup.ts";
import { openLevelStore } from "../storage/leveldb/level_store.ts";
import { describeContents } from "../storage/leveldb/contents.ts";
import { describeKeys } from "../storage/leveldb/key_text.ts";
import { checkDirectory, repairDirectory } from "../storage/leveldb/mend/maintenance.ts";
import { type ScanReport, WHOLE, WITHOUT_TABLE_DATA } from "../storage/leveldb/scan/scan.ts";
import type { CheckedBackup, CheckedStorage, StorageTools } from "./storage_tools.ts";

export const levelStorageTools: StorageTools = {
  async check(directory, { full }) {
    const options = full ? WHOLE : WITHOUT_TABLE_DATA;
    return checkedStorage(await checkDirectory(directory, options), full);
  },
  async repair(directory, now) {
    const { before, aside, done, contents } = await repairDirectory(directory, now);
    return {
      found: checkedStorage(before, true),
      copy: aside === undefined ? undefined : `${directory}/${aside}`,
      done,
      contents: describeContents(contents),
    };
  },
  backup: async (file, directory, clock) => checkedBackup(await saveBackup(file, directory, clock)),
  verify: async (file) => checkedBackup(await verifyBackup(file)),
  async resetPassword(directory, user, clock) {
    const { state } = await checkDirectory(directory, WITHOUT_TABLE_DATA);
    if (state !== "intact") return { state, password: undefined, made: false };
    const durable = { sync: "always", syncIntervalMs: 0, checkOnStartBytes: 0 } as const;
    const log = silentLogger;
    await using store = await openLevelStore({ directory, ...durable, clock, log });
    const random = new SystemRandom();
    const { users } = new AccessControl({ store: store.admin, clock, random, log });
    return { state, ...await resetPassword(users, random, user) };
  },
  restore: async (file, directory) => checkedBackup(await restoreBackup(file, directory)),
};

function checkedStorage(report: ScanReport, full: boolean): CheckedStorage {
  const { directory, state, omitted, checked } = report;
  const findings = report.findings.map(({ keys, ...finding }) => ({
    ...finding,
    ...(keys === undefined ? {} : { keys: describeKeys(keys) }),
  }));
  return { directory, state, full, findings, omitted, checked };
}

function checkedBackup({ header, entries, bytes, contents }: BackupOfLevel): CheckedBackup {
  const { version, createdAt } = header;
  return { version, createdAt, entries, bytes, contents: describeContents(contents) };
}
