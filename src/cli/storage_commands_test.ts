import assert from "#assert";
import { runCli } from "./cli.ts";
import { FakeSystem } from "./fake_system.ts";
import type { CheckedBackup, CheckedStorage, StorageTools } from "./storage_tools.ts";

const intact: CheckedStorage = {
  directory: "./data",
  state: "intact",
  full: false,
  findings: [],
  omitted: 0,
  checked: { logs: 1, tables: 2, tablesUnread: 2, bytes: 1536 },
};

const damaged: CheckedStorage = {
  ...intact,
  state: "damaged",
  findings: [{
    kind: "log-damaged",
    severity: "damage",
    file: "000004.log",
    offset: 98304,
    reason: "a record whose checksum is wrong",
    consequence: "the newest writes are lost: the last 20 bytes",
    mend: "cut",
  }],
};

const block: CheckedStorage["findings"][number] = {
  kind: "table-block-damaged",
  severity: "damage",
  file: "000005.ldb",
  offset: 4096,
  reason: "a block whose checksum is wrong",
  consequence: "older data of a range of keys is lost",
  mend: "repair",
  keys: 'from the first up to retained message "a\u001b[2J"',
};

const saved: CheckedBackup = {
  version: "1.2.3",
  createdAt: Date.UTC(2026, 0, 2),
  entries: 12,
  bytes: 3 * 1024 * 1024,
  contents: "1 session",
};

/** Tools that write down what they are called with, and do what `changes` say. */
function recorded(changes: Partial<StorageTools> = {}) {
  const calls: unknown[][] = [];
  const record = <R>(name: string, result: R) => (...args: unknown[]) => {
    calls.push([name, ...args]);
    return Promise.resolve(result);
  };
  const tools: StorageTools = {
    check: record("check", intact),
    repair: record("repair", { found: intact, copy: undefined, done: [], contents: "1 session" }),
    backup: record("backup", saved),
    verify: record("verify", saved),
    restore: record("restore", saved),
    resetPassword: record("resetPassword", { state: "intact", password: "k7d2m", made: false }),
    ...changes,
  };
  return { tools, calls };
}

async function run(line: string, changes: Partial<StorageTools> = {}, system = new FakeSystem()) {
  const { tools, calls } = recorded(changes);
  system.tools = tools;
  const args = line.split(" ").filter((arg) => arg !== "").map((arg) => arg === '""' ? "" : arg);
  const code = await runCli(args, system, () => Promise.reject(new Error("started")));
  return { code, out: system.out, err: system.err, calls };
}

Deno.test("storage check: an intact database is one line and exit code 0", async () => {
  assert.deepEqual(await run("storage check"), {
    code: 0,
    out: "./data is intact: 1 log and 2 tables, 1.5 KiB read, data of tables not checked " +
      "(--full checks it)\n",
    err: "",
    calls: [["check", "./data", { full: false }]],
  });
});

Deno.test("storage check: damage is shown with its place, consequence and way out, exit code 1", async () => {
  const { code, out } = await run("storage check", { check: () => Promise.resolve(damaged) });
  assert.equal(code, 1);
  assert.equal(
    out,
    `./data is damaged: 1 log and 2 tables, 1.5 KiB read, data of tables not checked (--full checks it)
  000004.log at byte 98304: a record whose checksum is wrong
    the newest writes are lost: the last 20 bytes
tidemq start cuts this off by itself and keeps a copy; so does tidemq storage repair ./data
`,
  );
});

Deno.test("storage check: damage that a start does not mend names the repair; keys cannot drive the terminal", async () => {
  const found = { ...damaged, full: true, findings: [...damaged.findings, block], omitted: 7 };
  const { code, out } = await run("storage check --full", { check: () => Promise.resolve(found) });
  assert.equal(code, 1);
  assert.match(out, /^\.\/data is damaged: 1 log and 2 tables, 1\.5 KiB read\n/);
  assert.match(out, /\n {4}keys: from the first up to retained message "a\\u001b\[2J"\n/);
  assert.match(out, /\n {2}and 7 more\n/);
  assert.match(out, /\ntidemq storage repair \.\/data keeps a copy and saves what can be saved\n$/);
});

Deno.test("storage check: --json prints what was found for a program", async () => {
  const check = () => Promise.resolve(damaged);
  const { code, out } = await run("storage check --json", { check });
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(out), damaged);
});

Deno.test("storage check: no database is exit code 1", async () => {
  const check = () => Promise.resolve({ ...intact, state: "none" as const });
  const { code, out } = await run("storage check x", { check });
  assert.deepEqual([code, out], [1, "there is no database in ./data\n"]);
});

for (
  const [line, directory] of [
    ["storage check /srv/data/", "/srv/data"],
    ["storage check /", "/"],
    ["storage check --config my.yaml", "/var/lib/tidemq"],
    ["storage check --set storage.leveldb.dir=/elsewhere", "/elsewhere"],
  ] as const
) {
  Deno.test(`${line}: checks ${directory}`, async () => {
    const system = new FakeSystem();
    system.files.set("my.yaml", "storage:\n  leveldb:\n    dir: /var/lib/tidemq\n");
    const { calls } = await run(line, {}, system);
    assert.deepEqual(calls, [["check", directory, { full: false }]]);
  });
}

Deno.test("storage repair: says what was found, done and left", async () => {
  const { code, out } = await run("storage repair", {
    repair: (directory, now) => {
      assert.deepEqual([directory, now], ["./data", new FakeSystem().clock.now()]);
      return Promise.resolve({
        found: { ...damaged, full: true },
        copy: "./data/damaged-1",
        done: ["000004.log was cut at byte 98304"],
        contents: "3 sessions",
      });
    },
  });
  assert.equal(code, 0);
  assert.equal(
    out,
    `./data is damaged: 1 log and 2 tables, 1.5 KiB read
  000004.log at byte 98304: a record whose checksum is wrong
    the newest writes are lost: the last 20 bytes
repaired:
  000004.log was cut at byte 98304
  the files as they were are in ./data/damaged-1
what there is now:
  3 sessions
`,
  );
});

Deno.test("storage repair: says that the records were damaged where the files were not", async () => {
  const { out } = await run("storage repair", {
    repair: () => {
      const done = ['damaged and gone: will of client "a"'];
      return Promise.resolve({ found: intact, copy: "./data/damaged-1", done, contents: "1 will" });
    },
  });
  assert.match(out, /^the files in \.\/data are intact, the records in them are not\nrepaired:\n/);
});

Deno.test("storage repair: an intact database is left alone; none is exit code 1", async () => {
  assert.equal(
    (await run("storage repair")).out,
    "./data is intact: nothing was changed\n  1 session\n",
  );
  const none = { ...intact, state: "none" as const };
  const { code, err } = await run("storage repair", {
    repair: () => Promise.resolve({ found: none, copy: undefined, done: [], contents: "nothing" }),
  });
  assert.deepEqual([code, err], [1, "tidemq: there is no database in ./data\n"]);
});

Deno.test("backup: saves the configured directory, or the one that is named", async () => {
  const { code, out, calls } = await run("backup my.backup");
  assert.equal(code, 0);
  assert.equal(
    out,
    "my.backup is complete: made at 2026-01-02T00:00:00.000Z by TideMQ 1.2.3, 12 entries in " +
      "3.0 MiB\n  1 session\n",
  );
  const { clock } = new FakeSystem();
  assert.deepEqual(calls, [["backup", "my.backup", "./data", clock]]);
  assert.deepEqual((await run("backup b /d")).calls, [["backup", "b", "/d", clock]]);
});

Deno.test("restore: restores to a directory, or only verifies", async () => {
  const restored = await run("restore my.backup /new");
  assert.deepEqual([restored.code, restored.calls], [0, [["restore", "my.backup", "/new"]]]);
  assert.match(restored.out, /^my\.backup was restored to \/new: made at /);
  const verified = await run("restore my.backup --verify");
  assert.deepEqual([verified.code, verified.calls], [0, [["verify", "my.backup"]]]);
  assert.match(verified.out, /^my\.backup is intact: made at /);
});

for (
  const [line, message] of [
    ["storage", "storage alone is no command: storage check, storage repair"],
    ["storage chekc", "unknown command storage chekc: did you mean storage check?"],
    ["storage check a b", "unexpected argument b"],
    ["storage --full", "storage alone is no command: storage check, storage repair"],
    ["backup", "backup needs FILE: tidemq backup FILE"],
    ['backup "" d', "FILE is empty"],
    ['storage check ""', "DIR is empty"],
    ["restore my.backup", "restore needs a directory or --verify: tidemq restore FILE DIR"],
    [
      "restore my.backup /d --verify",
      "restore needs a directory or --verify: tidemq restore FILE DIR",
    ],
    ["backup f --set storage.type=memory", "nothing is stored on disk: storage.type is memory"],
  ] as const
) {
  Deno.test(`${line}: is one clear line and exit code 1`, async () => {
    const { code, out, err } = await run(line);
    assert.deepEqual([code, out], [1, ""]);
    assert.equal(err, `tidemq: ${message} (tidemq --help shows the usage)\n`);
  });
}

for (
  const line of ["storage check", "storage repair", "backup f", "restore f d", "restore f --verify"]
) {
  Deno.test(`${line}: what cannot be done is one line, a bug has its stack`, async () => {
    const fail = (error: Error) => () => Promise.reject(error);
    const failing = (error: Error) => ({
      check: fail(error),
      repair: fail(error),
      backup: fail(error),
      verify: fail(error),
      restore: fail(error),
    });
    const inUse = Object.assign(new Error("it is in use\u001b[2J"), { name: "StoreOpenError" });
    const explained = await run(line, failing(inUse));
    assert.deepEqual([explained.code, explained.err], [1, "tidemq: it is in use\\u001b[2J\n"]);
    const bug = await run(line, failing(new TypeError("oops")));
    assert.equal(bug.code, 1);
    assert.match(
      bug.err,
      /^tidemq: cannot \w+ the \w+; this is a bug of TideMQ\nTypeError: oops\n/,
    );
  });
}

Deno.test("admin reset-password: shows the new password", async () => {
  const { code, out, calls } = await run("admin reset-password d --user carol");
  assert.equal(code, 0);
  assert.equal(out, "the user carol has a new password\n  password   k7d2m\n");
  assert.deepEqual(calls[0]!.slice(0, 3), ["resetPassword", "d", "carol"]);
});

Deno.test("admin reset-password: says when it made the user", async () => {
  const reset = { state: "intact", password: "k7d2m", made: true } as const;
  const { out, calls } = await run("admin reset-password", {
    resetPassword: (directory, user) => {
      assert.deepEqual([directory, user], ["./data", "admin"]);
      return Promise.resolve(reset);
    },
  });
  assert.equal(out, "the user admin is a new admin\n  password   k7d2m\n");
  assert.deepEqual(calls, []);
});

Deno.test("admin reset-password: without intact data nothing is changed", async () => {
  for (
    const [state, text] of [
      ["none", "tidemq: ./data holds no data\n"],
      ["damaged", "tidemq: ./data is damaged: storage check says how\n"],
    ] as const
  ) {
    const { code, err } = await run("admin reset-password", {
      resetPassword: () => Promise.resolve({ state, password: undefined, made: false }),
    });
    assert.deepEqual([code, err], [1, text]);
  }
});

Deno.test("admin reset-password: a name that no user can have is a usage error", async () => {
  const { code, err, calls } = await run("admin reset-password --user a/b");
  assert.equal(code, 1);
  assert.match(err, /a\/b is no name of a user/);
  assert.deepEqual(calls, []);
});
