import assert from "#assert";
import { FakeClock } from "../../base/fake_clock.ts";
import { adminFixture, ask, bearer, json } from "../admin_fixture.ts";
import type { Principal } from "../access/access_control.ts";
import {
  ANSWERS_LENGTH_MAX,
  IdempotentAnswers,
  KEY_AGE_MS_MAX,
  type KeyedRequest,
  KEYS_MAX,
  REPLAYED,
} from "./idempotency.ts";
import { Problem } from "./problem.ts";

function tokenPrincipal(id: string): Principal {
  return { kind: "token", role: "operator", token: { id } } as unknown as Principal;
}

function keyed(given: Partial<Omit<KeyedRequest, "url">> & { path?: string } = {}): KeyedRequest {
  const { path = "/things", principal = tokenPrincipal("1"), key = "k", body = { a: 1 } } = given;
  return { principal, key, body, url: new URL(path, "http://broker") };
}

function counted() {
  const clock = new FakeClock();
  const answers = new IdempotentAnswers(clock);
  let made = 0;
  const once = async (request = keyed(), text = "done") => {
    const response = await answers.once(
      request,
      () => Promise.resolve(new Response(`${text} ${++made}`, { status: 201 })),
    );
    return `${response.status} ${await response.text()} ${response.headers.get(REPLAYED)}`;
  };
  return { clock, answers, once };
}

Deno.test("IdempotentAnswers: the same request gets the same answer, until its age is over", async () => {
  const { clock, once } = counted();
  assert.equal(await once(), "201 done 1 null");
  await clock.advance(KEY_AGE_MS_MAX);
  assert.equal(await once(), "201 done 1 true");
  await clock.advance(1);
  assert.equal(await once(), "201 done 2 null");
});

Deno.test("IdempotentAnswers: a key belongs to who sent it, and to one request", async () => {
  const { once } = counted();
  await once();
  assert.equal(await once(keyed({ principal: tokenPrincipal("2") })), "201 done 2 null");
  const user = { kind: "user", role: "admin", user: { name: "1" } } as unknown as Principal;
  assert.equal(await once(keyed({ principal: user })), "201 done 3 null");
  for (
    const other of [
      keyed({ body: { a: 2 } }),
      keyed({ path: "/others" }),
      keyed({ path: "/things?x=1" }),
    ]
  ) {
    await assert.rejects(() => once(other), { code: "idempotency_key_reused" });
  }
});

Deno.test("IdempotentAnswers: who comes while it is under way waits; what fails is tried again", async () => {
  const answers = new IdempotentAnswers(new FakeClock());
  const first = Promise.withResolvers<Response>();
  let made = 0;
  const make = () => {
    made++;
    return first.promise;
  };
  const both = [answers.once(keyed(), make), answers.once(keyed(), make)];
  first.reject(new Problem("busy"));
  for (const each of both) await assert.rejects(each, { code: "busy" });
  assert.deepEqual([made, answers.size], [1, 0]);
  const response = await answers.once(
    keyed(),
    () => Promise.resolve(new Response(null, { status: 204 })),
  );
  assert.equal(response.status, 204);
  assert.equal((await answers.once(keyed(), make)).status, 204);
});

Deno.test("IdempotentAnswers: keys and answers have a bound, the oldest go", async () => {
  const { answers, once } = counted();
  for (let n = 0; n <= KEYS_MAX; n++) await once(keyed({ key: `${n}` }));
  assert.equal(answers.size, KEYS_MAX);
  assert.match(await once(keyed({ key: "1" })), /done 2 true/);
  const large = "x".repeat(ANSWERS_LENGTH_MAX / 2);
  await once(keyed({ key: "large 1" }), large);
  await once(keyed({ key: "large 2" }), large);
  assert.equal(answers.size, 1);
});

Deno.test("adminApi: a POST with an Idempotency-Key is done once", async () => {
  await using fixture = await adminFixture();
  const client = await fixture.test.connect({ clientId: "s" });
  await client.subscribe("t");
  const token = await bearer(fixture, "operator");
  const send = (key: string, payload: string) => {
    const { body, headers } = json({ topic: "t", payload, payload_encoding: "text", qos: 1 });
    const all = { ...headers, ...token, "idempotency-key": key };
    return ask(fixture.api, "/api/v1/publish", { method: "POST", body, headers: all });
  };
  const first = await send("k1", "one");
  const again = await send("k1", "one");
  assert.deepEqual(await again.json(), await first.json());
  assert.deepEqual([first.headers.get(REPLAYED), again.headers.get(REPLAYED)], [null, "true"]);
  assert.equal((await (await send("k1", "two")).json()).code, "idempotency_key_reused");
  await client.expect("publish", { topic: "t" });
  assert.deepEqual(await client.untilPing(), []);
  const { code, errors } = await (await send("x".repeat(201), "one")).json();
  assert.deepEqual([code, errors[0].pointer], ["validation_failed", "/header/idempotency-key"]);
});
