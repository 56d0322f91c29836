import assert from "#assert";
import {
  accept,
  challenge,
  ScriptedAuthenticator,
} from "../../tests/support/scripted_authenticator.ts";
import { TestBroker, testVersions } from "../../tests/support/test_broker.ts";
import { FakeClock } from "../base/fake_clock.ts";
import { silentLogger } from "../base/log.ts";
import { ReasonCode } from "../mqtt/reason_code.ts";
import { AllowAll } from "./allow_all.ts";
import { type Ban, BanError, type BanSubject } from "./auth.ts";
import { BanCheck } from "./ban_check.ts";
import { Bans, type BanStorage, RANGES_MAX } from "./bans.ts";

const KIND = "bans";

/** Of one kind. */
class MemoryStorage implements BanStorage {
  readonly #values = new Map<string, unknown>();

  put(_kind: string, key: string, value: unknown): Promise<void> {
    this.#values.set(key, value);
    return Promise.resolve();
  }

  delete(_kind: string, key: string): Promise<void> {
    this.#values.delete(key);
    return Promise.resolve();
  }

  list(_kind: string, { after = "", limit = Infinity } = {}) {
    const keys = [...this.#values.keys()].sort().filter((key) => key > after).slice(0, limit);
    return Promise.resolve(keys.map((key) => ({ key, value: this.#values.get(key) })));
  }
}

async function openBans(
  { clock = new FakeClock(), storage = new MemoryStorage() } = {},
): Promise<{ bans: Bans; clock: FakeClock; storage: MemoryStorage; added: BansAdded[] }> {
  const added: BansAdded[] = [];
  const onAdded = (applies: BansAdded) => void added.push(applies);
  return {
    bans: await Bans.open({ clock, log: silentLogger, storage, onAdded }),
    clock,
    storage,
    added,
  };
}

type BansAdded = (subject: BanSubject) => boolean;

function ban(kind: Ban["kind"], value: string, expiresAt?: number): Ban {
  return { kind, value, reason: "test", by: "admin", createdAt: 0, expiresAt };
}

function subject(change: Partial<BanSubject> = {}): BanSubject {
  return { clientId: "c", username: "u", remoteAddress: "10.0.0.1:5000", ...change };
}

const CASES: readonly [Ban, BanSubject, boolean][] = [
  [ban("client_id", "c"), subject(), true],
  [ban("client_id", "u"), subject(), false],
  [ban("username", "u"), subject(), true],
  [ban("username", "u"), subject({ username: undefined }), false],
  [ban("address", "10.0.0.1"), subject(), true],
  [ban("address", "10.0.0.0/24"), subject(), true],
  [ban("address", "10.0.1.0/24"), subject(), false],
  [ban("address", "::1"), subject({ remoteAddress: "[::1]:80" }), true],
];

for (const [each, who, isBanned] of CASES) {
  Deno.test(`Bans: ${each.kind} ${each.value} ${isBanned ? "bans" : "lets in"} ${JSON.stringify(who)}`, async () => {
    const { bans, added } = await openBans();
    await bans.add(each);
    assert.equal(bans.find(who) !== undefined, isBanned);
    assert.equal(added[0]!(who), isBanned);
  });
}

Deno.test("Bans end by themselves, and when they are removed", async () => {
  const { bans, clock, storage } = await openBans();
  await bans.add(ban("client_id", "c", clock.now() + 1000));
  await bans.add(ban("username", "u"));
  assert.equal(bans.list(undefined, 10).length, 2);
  await clock.advance(1000);
  assert.equal(bans.find(subject({ username: undefined })), undefined);
  assert.deepEqual(bans.list(undefined, 10).map(({ value }) => value), ["u"]);
  assert.equal(await bans.remove("username", "u"), true);
  assert.equal(await bans.remove("username", "u"), false);
  assert.equal(bans.find(subject()), undefined);
  assert.deepEqual(await storage.list(KIND), []);
});

Deno.test("Bans are there again after a restart, in pages by kind and value", async () => {
  const first = await openBans();
  for (let n = 0; n < 1_100; n++) await first.bans.add(ban("client_id", `c${n}`));
  await first.bans.add(ban("address", "10.0.0.0/8"));
  const { bans } = await openBans({ storage: first.storage });
  assert.equal(bans.size, 1_101);
  assert.equal(bans.find(subject({ clientId: "x" }))?.kind, "address");
  const page = bans.list({ kind: "client_id", value: "c0" }, 2);
  assert.deepEqual(page.map(({ value }) => value), ["c1", "c10"]);
});

Deno.test("Bans: a later one of the same value takes the place of the first", async () => {
  const { bans, clock } = await openBans();
  await bans.add(ban("address", "10.0.0.1", clock.now() + 1));
  await bans.add(ban("address", "10.0.0.1"));
  await clock.advance(5);
  assert.equal(bans.size, 1);
  assert.ok(bans.find(subject()));
});

Deno.test("Bans refuses what is no address, and too many of them", async () => {
  const { bans } = await openBans();
  await assert.rejects(() => bans.add(ban("address", "host.example")), BanError);
  for (let n = 0; n < RANGES_MAX; n++) {
    await bans.add(ban("address", `10.${n >> 8}.${n & 255}.0/24`));
  }
  await assert.rejects(() => bans.add(ban("address", "192.0.2.0/24")), BanError);
  await bans.add(ban("address", "10.0.0.0/24"));
});

testVersions(
  "BanCheck refuses who is banned, and who is connected has to go",
  [3, 4, 5],
  async (version) => {
    const clock = new FakeClock();
    const running: { broker?: TestBroker } = {};
    const bans = await Bans.open({
      clock,
      log: silentLogger,
      storage: new MemoryStorage(),
      onAdded: (applies) =>
        void running.broker!.broker.inspector.actions.disconnectAll(
          applies,
          ReasonCode.AdministrativeAction,
          "banned",
        ),
    });
    await using broker = await TestBroker.start({
      clock,
      authenticator: new BanCheck(bans, new AllowAll()),
    });
    running.broker = broker;
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    await bans.add(ban("client_id", "c"));
    if (version === 5) await client.expect("disconnect", { reasonCode: 0x98 });
    await client.expectClosed();
    await other.ping();
    const again = await broker.client(version);
    const connack = await again.connect({ clientId: "c", protocolVersion: version });
    if (version === 5) {
      assert.deepEqual([connack.reasonCode, connack.properties?.reasonString], [
        0x8a,
        "banned",
      ]);
    } else assert.equal(connack.returnCode, 5);
    await again.expectClosed();
  },
);

Deno.test("BanCheck looks at what authentication has found out, too, and at enhanced authentication", async () => {
  const { bans } = await openBans();
  await bans.add(ban("username", "from-certificate"));
  const asCertificate = (result: ReturnType<ReturnType<typeof accept>>) =>
    result as Extract<typeof result, { kind: "accepted" }>;
  const inner = new ScriptedAuthenticator(async (request, data) => {
    const { identity } = asCertificate(await accept()(request, data));
    return { kind: "accepted", identity: { ...identity, username: "from-certificate" } };
  });
  inner.script("M", challenge(), accept());
  inner.script("M", challenge());
  const check = new BanCheck(bans, inner);
  const request = {
    connect: { username: undefined } as never,
    clientId: "c",
    remoteAddress: "10.0.0.1:1",
    peerCertificate: undefined,
  };
  const refused = { kind: "refused", reasonCode: 0x8a, reasonString: "banned" };
  assert.deepEqual(await check.authenticate(request), refused);
  const exchange = check.begin("M", request)!;
  assert.equal((await exchange.next(undefined)).kind, "continue");
  assert.equal((await exchange.next(undefined)).kind, "accepted");
  await bans.add(ban("client_id", "c"));
  assert.deepEqual(await check.begin("M", request)!.next(undefined), refused);
  assert.equal(check.begin("other", request), undefined);
});
