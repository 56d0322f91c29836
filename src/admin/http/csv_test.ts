import assert from "#assert";
import { nextTurn } from "../../../tests/support/test_broker.ts";
import { FakeClock } from "../../base/fake_clock.ts";
import { adminFixture, ask, bearer } from "../admin_fixture.ts";
import {
  type CsvExport,
  CsvExports,
  EXPORT_PAGE_ROWS,
  EXPORT_ROWS_MAX,
  EXPORTS_MAX,
} from "./csv.ts";

async function started() {
  const fixture = await adminFixture();
  const headers = { ...await bearer(fixture, "viewer"), accept: "text/csv" };
  const get = (path: string) => ask(fixture.api, `/api/v1${path}`, { headers });
  return { fixture, headers, get };
}

Deno.test("text/csv: a list of several pages, in order and with a row of names", async () => {
  const { fixture, get } = await started();
  await using _ = fixture;
  const ids = Array.from({ length: EXPORT_PAGE_ROWS * 2 + 1 }, (_, n) => `c${1_000 + n}`);
  for (const clientId of ids) await fixture.test.connect({ clientId });
  const response = await get("/sessions?fields=client_id,connection,queue_len&limit=1");
  assert.equal(response.headers.get("content-type"), "text/csv; charset=utf-8");
  const lines = (await response.text()).split("\r\n");
  assert.match(
    lines[0]!,
    /^client_id,queue_len,connection\.remote_address,connection\.keep_alive,/,
  );
  assert.deepEqual(lines.slice(1, -1).map((line) => line.split(",")[0]), ids);
  assert.equal(lines.at(-1), "");
});

Deno.test("text/csv: cells are quoted, and no text is a formula", async () => {
  const { fixture, get } = await started();
  await using _ = fixture;
  const client = await fixture.test.connect({ clientId: "=1+1" });
  await client.subscribe(['a,"b"\n/c', "+/x", "-", "plain/#"]);
  const text = await (await get("/subscriptions?fields=client_id,topic_filter")).text();
  assert.equal(
    text,
    "client_id,topic_filter\r\n" +
      "'=1+1,'+/x\r\n'=1+1,'-\r\n'=1+1,\"a,\"\"b\"\"\n/c\"\r\n'=1+1,plain/#\r\n",
  );
});

Deno.test("text/csv: what is no list stays JSON, and what is refused a problem", async () => {
  const { fixture, get, headers } = await started();
  await using _ = fixture;
  assert.equal((await get("/overview")).headers.get("content-type"), "application/json");
  assert.equal((await (await get("/sessions?cursor=x")).json()).code, "cursor_invalid");
  for (let n = 0; n <= EXPORT_PAGE_ROWS; n++) await fixture.test.connect({ clientId: `c${n}` });
  for (let n = 0; n <= EXPORTS_MAX; n++) {
    const head = await ask(fixture.api, "/api/v1/sessions", { method: "HEAD", headers });
    assert.deepEqual([head.status, await head.text()], [200, ""]);
  }
  assert.equal((await (await get("/sessions")).text()).split("\r\n").length, EXPORT_PAGE_ROWS + 3);
});

/** An export of so many rows that nothing else is known of. */
function exportOf(rows: number, admitted = () => Promise.resolve(true)): CsvExport {
  const item = { a: 1, b: { c: null } };
  const pageFrom = (from: number) => ({
    items: Array(Math.min(EXPORT_PAGE_ROWS, rows - from)).fill(item),
    next_cursor: from + EXPORT_PAGE_ROWS < rows ? String(from + EXPORT_PAGE_ROWS) : null,
  });
  const page = (cursor: string) => Promise.resolve(pageFrom(Number(cursor)));
  return { columns: ["a", "b.c"], first: pageFrom(0), page, admitted };
}

Deno.test("CsvExports: rows have a bound", async () => {
  // Giving way is another test's: at once, so that a thousand pages take no time here.
  const clock = {
    now: () => 0,
    after: (_: number, callback: () => void) => {
      queueMicrotask(callback);
      return { cancel: () => {} };
    },
  };
  const text = await new Response(new CsvExports(clock).open(exportOf(EXPORT_ROWS_MAX + 500)))
    .text();
  assert.equal(text.split("\r\n").length, EXPORT_ROWS_MAX + 2);
});

Deno.test("CsvExports: gives way before each page, and asks who may go on", async () => {
  const clock = new FakeClock();
  let may = true;
  const exports = new CsvExports(clock);
  const reader = exports.open(exportOf(1_000, () => Promise.resolve(may))).getReader();
  const lines = async () => new TextDecoder().decode((await reader.read()).value).split("\r\n");
  assert.equal((await lines())[1], "1,");
  assert.equal(clock.pending, 1);
  assert.equal((await lines()).length, EXPORT_PAGE_ROWS + 1);
  may = false;
  await assert.rejects(async () => {
    for (;;) await reader.read();
  }, /ended/);
  while (clock.pending > 0) await nextTurn();
});

Deno.test("CsvExports: so many at once, and one that is given up makes room", async () => {
  const clock = new FakeClock();
  const exports = new CsvExports(clock);
  const open = Array.from({ length: EXPORTS_MAX }, () => exports.open(exportOf(1_000)));
  assert.throws(() => exports.open(exportOf(1)), { code: "busy" });
  await open[0]!.cancel();
  const small = exports.open(exportOf(1));
  assert.equal(await new Response(small).text(), "a,b.c\r\n1,\r\n");
  exports.close();
  await assert.rejects(() => new Response(open[1]!).text(), /ended/);
  while (clock.pending > 0) await nextTurn();
});
