import type { Need } from "./needs.ts";

/** A group of test files that run in one process with one set of permissions and one time budget. */
export interface Suite {
  readonly name: string;
  /**
   * Folders (ending in `/`) and files, relative to the repository. A test file belongs to the suite
   * that has the longest path in front of it, so every test file belongs to exactly one.
   */
  readonly paths: readonly string[];
  /** The suite is ended and counted as failed when it runs for longer than this. */
  readonly budgetMs: number;
  readonly permissions: readonly string[];
  readonly needs: readonly Need[];
}

const MINUTE_MS = 60_000;

/** 127.0.0.2 is this machine too, but not where the broker listens by default. */
const LOOPBACK = "127.0.0.1,127.0.0.2,[::1],localhost";
/** `classic-level` is LevelDB itself: a native library. */
const NATIVE = "--allow-ffi";
/** npm packages read settings of their own (`NODE_DEBUG`, `READABLE_STREAM` …) when they load. */
const IN_PROCESS = ["--allow-read", "--allow-env", `--allow-net=${LOOPBACK}`];
/** What starts a broker or a client of another project as a process, on ports that it is given. */
const WITH_PROCESSES = [...IN_PROCESS, "--allow-run", "--allow-write", "--allow-sys", NATIVE];

/** Every suite, in the order of a run: the quick ones first. */
export const SUITES: readonly Suite[] = [
  {
    name: "unit",
    paths: ["src/"],
    budgetMs: 5 * MINUTE_MS,
    permissions: [...IN_PROCESS, "--allow-write", NATIVE],
    needs: [],
  },
  {
    name: "control",
    paths: ["src/storage/leveldb/control/"],
    budgetMs: 0.75 * MINUTE_MS,
    // A socket in a folder of a test can be allowed only together with all other addresses.
    permissions: ["--allow-read", "--allow-env", "--allow-write", "--allow-net", NATIVE],
    needs: [],
  },
  {
    name: "repository",
    paths: [
      "tests/conformance/",
      "tests/conformance_test.ts",
      "tests/dependencies_test.ts",
      "tests/lint/",
      "tests/mutations/",
      "tests/runner/",
      "tests/tidy_test.ts",
    ],
    budgetMs: 0.75 * MINUTE_MS,
    permissions: [...IN_PROCESS, "--allow-run", "--allow-write"],
    needs: [],
  },
  {
    name: "codec",
    paths: ["tests/codec/"],
    budgetMs: 0.75 * MINUTE_MS,
    permissions: IN_PROCESS,
    needs: [],
  },
  {
    name: "integration",
    paths: ["bench/", "tests/", "main_test.ts"],
    budgetMs: 5 * MINUTE_MS,
    permissions: WITH_PROCESSES,
    needs: [],
  },
  {
    name: "real",
    paths: ["tests/real/"],
    budgetMs: 6 * MINUTE_MS,
    permissions: WITH_PROCESSES,
    needs: ["curl", "mosquitto clients", "npx", "paho"],
  },
  {
    name: "console",
    paths: ["tests/console/"],
    budgetMs: 3.75 * MINUTE_MS,
    permissions: WITH_PROCESSES,
    needs: ["Chromium", "curl", "mosquitto clients"],
  },
  {
    name: "durability",
    paths: ["tests/durability/"],
    budgetMs: 6 * MINUTE_MS,
    permissions: WITH_PROCESSES,
    needs: ["C compiler", "C library headers"],
  },
];

/** The suite that `file` (relative to the repository) belongs to; undefined when none wants it. */
export function suiteOf(file: string, suites: readonly Suite[] = SUITES): Suite | undefined {
  let found: Suite | undefined;
  let foundLength = -1;
  for (const suite of suites) {
    for (const path of suite.paths) {
      const covers = path === file || (path.endsWith("/") && file.startsWith(path));
      if (covers && path.length > foundLength) {
        found = suite;
        foundLength = path.length;
      }
    }
  }
  return found;
}
