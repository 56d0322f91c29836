import assert from "#assert";
import { FakeClock } from "../../base/fake_clock.ts";
import { StoreError } from "../store.ts";
import { ReadError } from "./errors.ts";
import { GroupCommit } from "./group_commit.ts";

/** A disk whose writes end when the test says so. */
class HeldDisk {
  readonly groups: string[][] = [];
  #current: PromiseWithResolvers<void> | undefined;

  write = (commits: readonly string[]): Promise<void> => {
    assert.equal(this.#current, undefined, "two groups are written at once");
    this.groups.push([...commits]);
    this.#current = Promise.withResolvers();
    return this.#current.promise;
  };

  async end(error?: Error): Promise<void> {
    const current = this.#current!;
    this.#current = undefined;
    if (error === undefined) current.resolve();
    else current.reject(error);
    await settle();
  }
}

const LIMITS = { commitsMax: 100, bytesMax: 1000 };
const FULL = new StoreError("full", "no space");

/** Everything that can run runs. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Patient commits wait until the test says so. */
function patience(commitsMin = 2) {
  const clock = new FakeClock();
  return { clock, ms: 20, commitsMin };
}

/** How commits ended, in order. */
function watch(ends: string[], name: string, durable: Promise<void>): Promise<void> {
  return durable.then(() => void ends.push(name), (error) => void ends.push(`${name}: ${error}`));
}

Deno.test("GroupCommit writes what is committed in one turn as one group", async () => {
  const disk = new HeldDisk();
  const group = new GroupCommit(disk.write, LIMITS, patience());
  const all = Promise.all(["a", "b", "c"].map((name) => group.commit(name, 1).durable));
  await settle();
  assert.deepEqual(disk.groups, [["a", "b", "c"]]);
  await disk.end();
  await all;
});

Deno.test("GroupCommit writes one group at a time and gathers the next meanwhile", async () => {
  const disk = new HeldDisk();
  const group = new GroupCommit(disk.write, LIMITS, patience());
  const ends: string[] = [];
  watch(ends, "a", group.commit("a", 1).durable);
  await settle();
  watch(ends, "b", group.commit("b", 1).durable);
  await settle();
  watch(ends, "c", group.commit("c", 1).durable);
  await settle();
  assert.deepEqual(disk.groups, [["a"]]);
  assert.deepEqual(ends, []);
  await disk.end();
  assert.deepEqual(ends, ["a"], "b and c are not durable with the group before theirs");
  assert.deepEqual(disk.groups, [["a"], ["b", "c"]]);
  await disk.end();
  assert.deepEqual(ends, ["a", "b", "c"]);
});

Deno.test("GroupCommit ends a group at its limit of commits and of bytes", async () => {
  const disk = new HeldDisk();
  const group = new GroupCommit(disk.write, { commitsMax: 3, bytesMax: 100 }, patience());
  const sizes = { a: 10, b: 10, c: 10, d: 60, e: 40, f: 1, g: 5000, h: 99, i: 1 };
  const all = Promise.all(
    Object.entries(sizes).map(([name, size]) => group.commit(name, size).durable),
  );
  await settle();
  for (let left = 5; left > 0; left--) await disk.end();
  await all;
  assert.deepEqual(disk.groups, [["a", "b", "c"], ["d", "e"], ["f"], ["g"], ["h", "i"]]);
});

Deno.test("GroupCommit fails every commit of a group that fails and those that wait, in order", async () => {
  const disk = new HeldDisk();
  const group = new GroupCommit(disk.write, { ...LIMITS, commitsMax: 2 }, patience());
  const ends: string[] = [];
  for (const name of ["a", "b", "c", "d", "e"]) watch(ends, name, group.commit(name, 1).durable);
  await settle();
  await disk.end(FULL);
  assert.deepEqual(disk.groups, [["a", "b"]], "nothing else was tried");
  assert.deepEqual(ends, ["a", "b", "c", "d", "e"].map((name) => `${name}: ${FULL}`));
  watch(ends, "f", group.commit("f", 1).durable);
  await settle();
  await disk.end();
  assert.equal(ends.at(-1), "f", "the next one is written as if nothing had been");
});

Deno.test("GroupCommit lets a commit that is wrong in itself fail alone", async () => {
  const bug = new TypeError("not a commit");
  const written: string[] = [];
  const group = new GroupCommit<string>(
    (commits) => {
      if (commits.includes("wrong")) return Promise.reject(bug);
      written.push(...commits);
      return Promise.resolve();
    },
    LIMITS,
    patience(),
  );
  const ends: string[] = [];
  const names = ["a", "wrong", "b"];
  await Promise.all(names.map((name) => watch(ends, name, group.commit(name, 1).durable)));
  assert.deepEqual(ends, ["a", `wrong: ${bug}`, "b"]);
  assert.deepEqual(written, ["a", "b"]);
  await watch(ends, "c", group.commit("c", 1).durable);
  assert.deepEqual(written, ["a", "b", "c"]);
});

Deno.test("GroupCommit stops writing one by one when the disk fails", async () => {
  const tried: string[][] = [];
  const group = new GroupCommit<string>(
    (commits) => {
      tried.push([...commits]);
      return Promise.reject(commits.length > 1 ? new TypeError("bug") : FULL);
    },
    LIMITS,
    patience(),
  );
  const ends: string[] = [];
  await Promise.all(
    ["a", "b", "c"].map((name) => watch(ends, name, group.commit(name, 1).durable)),
  );
  assert.deepEqual(ends, ["a", "b", "c"].map((name) => `${name}: ${FULL}`));
  assert.deepEqual(tried, [["a", "b", "c"], ["a"]]);
});

Deno.test("GroupCommit lets a commit that needs what cannot be read fail alone, in few writes", async () => {
  const unreadable = new ReadError("failed", "damaged");
  let writes = 0;
  const written: number[] = [];
  const group = new GroupCommit<number>(
    (commits) => {
      writes++;
      if (commits.includes(77)) return Promise.reject(unreadable);
      written.push(...commits);
      return Promise.resolve();
    },
    { commitsMax: 10_000, bytesMax: 10_000 },
    patience(),
  );
  const failed: number[] = [];
  const numbers = Array.from({ length: 1000 }, (_, number) => number);
  await Promise.all(
    numbers.map((number) => group.commit(number, 1).durable.catch(() => void failed.push(number))),
  );
  assert.deepEqual(failed, [77]);
  assert.deepEqual(written, numbers.filter((number) => number !== 77));
  assert.ok(writes <= 2 * 10 + 1, `${writes} writes`);
});

Deno.test("GroupCommit fails the rest of a group in order when the disk fails in between", async () => {
  const group = new GroupCommit<string>(
    (commits) => {
      if (commits.length > 1) return Promise.reject(new TypeError("bug"));
      return commits[0] === "b" ? Promise.reject(FULL) : Promise.resolve();
    },
    LIMITS,
    patience(),
  );
  const ends: string[] = [];
  const names = ["a", "b", "c", "d", "e"];
  await Promise.all(names.map((name) => watch(ends, name, group.commit(name, 1).durable)));
  assert.deepEqual(ends, ["a", ...names.slice(1).map((name) => `${name}: ${FULL}`)]);
});

Deno.test("GroupCommit.settled() waits for what was committed, failed or not, and for no more", async () => {
  const disk = new HeldDisk();
  const group = new GroupCommit(disk.write, LIMITS, patience());
  assert.equal(group.settled(), undefined);
  const ends: string[] = [];
  watch(ends, "a", group.commit("a", 1).durable);
  await settle();
  watch(ends, "b", group.commit("b", 1).durable);
  watch(ends, "settled", group.settled()!);
  watch(ends, "c", group.commit("c", 1).durable);
  await disk.end();
  assert.deepEqual(ends, ["a"]);
  await disk.end(FULL);
  assert.deepEqual(new Set(ends), new Set(["a", `b: ${FULL}`, "settled", `c: ${FULL}`]));
  assert.equal(group.settled(), undefined);
});

Deno.test("GroupCommit: leisurely commits wait for two ticks, and what is withdrawn is not written", async () => {
  const disk = new HeldDisk();
  const { clock, ...rest } = patience();
  const group = new GroupCommit(disk.write, LIMITS, { clock, ...rest });
  const ends: string[] = [];
  const [a, b, c] = ["a", "b", "c"].map((name) => {
    const entry = group.commit(name, 1, true);
    watch(ends, name, entry.durable);
    return entry;
  });
  await clock.advance(20);
  watch(ends, "d", group.commit("d", 1, true).durable);
  await clock.advance(19);
  assert.deepEqual(disk.groups, []);
  a!.withdraw();
  c!.withdraw();
  await settle();
  assert.deepEqual(ends, ["a", "c"], "durable at once");
  await clock.advance(1);
  assert.deepEqual(disk.groups, [["b"]], "d has not waited as long");
  assert.equal(b!.withdrawn, false);
  await disk.end();
  assert.deepEqual(ends, ["a", "c", "b"]);
  await clock.advance(20);
  assert.deepEqual(disk.groups, [["b"], ["d"]]);
  await disk.end();
});

Deno.test("GroupCommit writes nothing when everything was withdrawn", async () => {
  const disk = new HeldDisk();
  const { clock, ...rest } = patience();
  const group = new GroupCommit(disk.write, LIMITS, { clock, ...rest });
  for (const name of ["a", "b"]) group.commit(name, 1, true).withdraw();
  await clock.advance(40);
  assert.deepEqual(disk.groups, []);
  assert.equal(group.settled(), undefined);
  assert.equal(clock.pending, 0);
});

Deno.test("GroupCommit: few leisurely commits do not wait", async () => {
  const disk = new HeldDisk();
  const group = new GroupCommit(disk.write, LIMITS, patience(2));
  const { durable } = group.commit("a", 1, true);
  await settle();
  assert.deepEqual(disk.groups, [["a"]]);
  await disk.end();
  await durable;
});

for (
  const [who, hurry] of [
    ["a commit that is not", (group) => void group.commit("c", 1)],
    ["a reader", (group) => void group.settled()],
    ["so many commits", (group) => {
      for (let index = 2; index < LIMITS.commitsMax; index++) group.commit("c", 1, true);
    }],
    ["so many bytes", (group) => void group.commit("c", LIMITS.bytesMax, true)],
  ] as [string, (group: GroupCommit<string>) => void][]
) {
  Deno.test(`GroupCommit: leisurely commits are hurried by ${who}`, async () => {
    const disk = new HeldDisk();
    const { clock, ...rest } = patience();
    const group = new GroupCommit(disk.write, LIMITS, { clock, ...rest });
    const ends: string[] = [];
    for (const name of ["a", "b"]) watch(ends, name, group.commit(name, 1, true).durable);
    await clock.advance(1);
    assert.deepEqual(disk.groups, []);
    hurry(group);
    await settle();
    assert.deepEqual(disk.groups[0]!.slice(0, 2), ["a", "b"]);
    await disk.end();
    assert.deepEqual(ends, ["a", "b"]);
    assert.equal(clock.pending, 0, "the timer is gone");
    if (disk.groups.length > 1) await disk.end();
  });
}

Deno.test("GroupCommit: what was withdrawn counts for no limit", async () => {
  const disk = new HeldDisk();
  const { clock, ...rest } = patience();
  const group = new GroupCommit(disk.write, LIMITS, { clock, ...rest });
  for (let index = 0; index < 3 * LIMITS.commitsMax; index++) {
    group.commit("a", LIMITS.bytesMax - 1, true).withdraw();
  }
  const { durable } = group.commit("b", LIMITS.bytesMax - 1, true);
  await clock.advance(20);
  assert.deepEqual(disk.groups, []);
  await clock.advance(20);
  assert.deepEqual(disk.groups, [["b"]]);
  await disk.end();
  await durable;
});

Deno.test("GroupCommit.settled() waits for what came before a commit that was withdrawn", async () => {
  const disk = new HeldDisk();
  const group = new GroupCommit(disk.write, LIMITS, patience());
  const ends: string[] = [];
  watch(ends, "a", group.commit("a", 1).durable);
  await settle();
  group.commit("b", 1, true).withdraw();
  watch(ends, "settled", group.settled()!);
  await settle();
  assert.deepEqual(ends, []);
  await disk.end();
  assert.deepEqual(ends, ["a", "settled"]);
});

Deno.test("GroupCommit: what has left counts for no limit, and once", async () => {
  const disk = new HeldDisk();
  const { clock, ...rest } = patience();
  const group = new GroupCommit(disk.write, LIMITS, { clock, ...rest });
  const enter = (count: number) => Array.from({ length: count }, () => group.commit("a", 1, true));
  for (const entry of enter(60)) entry.withdraw();
  enter(60);
  await clock.advance(40);
  await disk.end();
  enter(LIMITS.commitsMax - 1);
  await clock.advance(1);
  assert.deepEqual(disk.groups.map(({ length }) => length), [60]);
  enter(1);
  await settle();
  assert.deepEqual(disk.groups.map(({ length }) => length), [60, LIMITS.commitsMax]);
  await disk.end();
});

Deno.test("GroupCommit: what has failed is withdrawn in vain and counts for no limit", async () => {
  const disk = new HeldDisk();
  const group = new GroupCommit(disk.write, LIMITS, patience());
  const ends: string[] = [];
  watch(ends, "first", group.commit("first", 1).durable);
  await settle();
  const failed = Array.from({ length: 60 }, () => group.commit("a", 1, true));
  for (const { durable } of failed) durable.catch(() => {});
  await disk.end(FULL);
  for (const entry of failed) entry.withdraw();
  for (let index = 0; index < LIMITS.commitsMax; index++) group.commit("b", 1, true);
  await settle();
  assert.deepEqual(ends, [`first: ${FULL}`]);
  assert.deepEqual(disk.groups.map(({ length }) => length), [1, LIMITS.commitsMax]);
  await disk.end();
});

Deno.test("GroupCommit.settled() is over when a commit has just ended", async () => {
  const disk = new HeldDisk();
  const group = new GroupCommit(disk.write, LIMITS, patience());
  const seen = group.commit("a", 1).durable.then(() => group.settled());
  await settle();
  await disk.end();
  await seen;
});
