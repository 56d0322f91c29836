import assert from "#assert";
import * as z from "zod";
import { cursorBehind, keyOfCursor } from "./cursor.ts";
import { LIMIT_DEFAULT, LIMIT_MAX, listPage, listQuery, pageOf, positionPage } from "./list.ts";

const giveWay = () => Promise.resolve();

const item = z.strictObject({ id: z.string(), size: z.int() });
const query = z.strictObject({ ...listQuery, colour: z.string().optional() });

/** A list of `ids`, which a test may change between pages. */
function fixture(count: number) {
  const ids = Array.from({ length: count }, (_, i) => `k${String(i).padStart(4, "0")}`);
  const page = async (search: string, name = "things") => {
    const url = new URL(`http://broker/api/v1/things?${search}`);
    const reply = new Headers();
    const body = await listPage(
      { query: query.parse(Object.fromEntries(url.searchParams)), url, reply, giveWay },
      {
        name,
        item,
        page: (after, limit) =>
          ids.filter((id) => after === undefined || id > after).slice(0, limit)
            .map((id) => ({ id, size: 1 })),
        key: ({ id }) => id,
        total: () => ({ value: ids.length, relation: "eq" as const }),
      },
    );
    return { body, link: reply.get("link") };
  };
  return { ids, page };
}

const isProblem = (code: string) => (error: { code?: string }) => error.code === code;

Deno.test("listPage: pages follow each other to the end, without a gap or a repetition", async () => {
  const { ids, page } = fixture(7);
  const seen: string[] = [];
  let cursor: string | null = "";
  for (let pages = 0; cursor !== null; pages++) {
    assert.ok(pages < 4);
    const { body } = await page(`limit=3${cursor && `&cursor=${cursor}`}`);
    seen.push(...body.items.map(({ id }) => id));
    cursor = body.next_cursor;
    pageOf(item).parse(body);
  }
  assert.deepEqual(seen, ids);
});

Deno.test("listPage: a full last page has no next one", async () => {
  const { body, link } = await fixture(3).page("limit=3");
  assert.deepEqual([body.items.length, body.next_cursor, link], [3, null, null]);
});

Deno.test("listPage: a cursor outlives what comes and goes, even its own item", async () => {
  const { ids, page } = fixture(6);
  const { body } = await page("limit=2");
  ids.splice(1, 1);
  ids.unshift("a-new-one");
  const next = await page(`limit=2&cursor=${body.next_cursor}`);
  assert.deepEqual(next.body.items.map(({ id }) => id), ["k0002", "k0003"]);
});

Deno.test("listPage: the Link leads to the next page, with everything that was asked", async () => {
  const { page } = fixture(5);
  const { body, link } = await page("limit=2&colour=a%26b&fields=id");
  const [, target] = /^<(.*)>; rel="next"$/.exec(link!)!;
  const url = new URL(target!, "http://broker");
  assert.equal(url.pathname, "/api/v1/things");
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    limit: "2",
    colour: "a&b",
    fields: "id",
    cursor: body.next_cursor!,
  });
  const next = await page(url.search.slice(1));
  assert.deepEqual(next.body.items.map(({ id }) => id), ["k0002", "k0003"]);
});

Deno.test("listPage: a cursor of other filters or of another list is refused", async () => {
  const { page } = fixture(5);
  const cursor = (await page("limit=2&colour=red")).body.next_cursor;
  await assert.rejects(page(`cursor=${cursor}`), isProblem("cursor_invalid"));
  await assert.rejects(page(`cursor=${cursor}&colour=blue`), isProblem("cursor_invalid"));
  await assert.rejects(page(`cursor=${cursor}&colour=red`, "other"), isProblem("cursor_invalid"));
  const { body } = await page(`cursor=${cursor}&colour=red&limit=1&count=true&fields=id`);
  assert.deepEqual(body.items, [{ id: "k0002" }]);
});

Deno.test("listPage: counts when it is asked to", async () => {
  const { page } = fixture(5);
  assert.deepEqual((await page("count=true&limit=1")).body.total, { value: 5, relation: "eq" });
  assert.ok(!("total" in (await page("count=false")).body));
});

Deno.test("listPage: a field that items do not have is refused, by name", async () => {
  await assert.rejects(
    fixture(1).page("fields=id,toString"),
    ({ more }: { more: { errors: unknown[] } }) => {
      const wrong = { pointer: "/query/fields", detail: "there is no field toString" };
      assert.deepEqual(more.errors, [wrong]);
      return true;
    },
  );
});

Deno.test("listQuery: the limit has a default and bounds", () => {
  assert.equal(query.parse({}).limit, LIMIT_DEFAULT);
  assert.equal(query.parse({ limit: String(LIMIT_MAX) }).limit, LIMIT_MAX);
  for (const limit of ["0", "-1", String(LIMIT_MAX + 1), "1.5", "x", ""]) {
    assert.equal(query.safeParse({ limit }).success, false, limit);
  }
});

Deno.test("keyOfCursor: gives any key back, and refuses what was changed", () => {
  for (const key of ["", "a", "sensors/7", "💧é\0", "x".repeat(10_000)]) {
    const cursor = cursorBehind(key, "scope");
    assert.match(cursor, /^[\w-]+$/);
    assert.equal(keyOfCursor(cursor, "scope"), key);
    assert.throws(() => keyOfCursor(cursor, "other"), isProblem("cursor_invalid"));
    assert.throws(() => keyOfCursor(`x${cursor.slice(1)}`, "scope"), isProblem("cursor_invalid"));
  }
  for (const cursor of ["", "x", "nonsense!"]) {
    assert.throws(() => keyOfCursor(cursor, "scope"), isProblem("cursor_invalid"));
  }
});

Deno.test("positionPage: a cursor that holds no position is refused", async () => {
  const scope = JSON.stringify(["things", []]);
  const url = new URL("http://broker/api/v1/things");
  const asked: unknown[] = [];
  const page = (key: string) => {
    const parsed = { ...query.parse({}), cursor: cursorBehind(key, scope) };
    return positionPage({ query: parsed, url, reply: new Headers(), giveWay }, {
      name: "things",
      item,
      page: ({ after }) => {
        asked.push(after);
        return Promise.resolve({ items: [], next: undefined });
      },
      view: () => ({ id: "", size: 0 }),
    });
  };
  await page('{"at":1}');
  await assert.rejects(page("{"), isProblem("cursor_invalid"));
  assert.deepEqual(asked, [{ at: 1 }]);
});
