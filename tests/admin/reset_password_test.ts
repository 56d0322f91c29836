/** `tidemq admin reset-password` on a real database. */
import assert from "#assert";
import { SystemClock } from "../../src/base/system_clock.ts";
import { levelStorageTools } from "../../src/cli/level_storage_tools.ts";
import { LocalServer } from "../support/local_server.ts";

async function signIn(server: LocalServer, name: string, password: string): Promise<number> {
  const response = await fetch(`http://${server.addressOf("http")}/api/v1/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, password }),
  });
  await response.body?.cancel();
  return response.status;
}

Deno.test("admin reset-password: the new password counts, the old one no more", async () => {
  const dir = await Deno.makeTempDir({ prefix: "tidemq-reset-" });
  const config = {
    admin: { enabled: true },
    storage: { type: "leveldb", leveldb: { dir } },
  } as const;
  const reset = (user: string) => levelStorageTools.resetPassword(dir, user, new SystemClock());
  assert.deepEqual(await reset("admin"), { state: "none", password: undefined, made: false });
  let old: string;
  {
    await using server = await LocalServer.start(config);
    old = server.firstCredentials!.password!;
    await assert.rejects(reset("admin"), { name: "StoreOpenError" }, "the broker runs");
  }
  const admin = await reset("admin");
  const carol = await reset("carol");
  assert.deepEqual([admin.state, admin.made, carol.made], ["intact", false, true]);
  {
    await using server = await LocalServer.start(config);
    assert.equal(await signIn(server, "admin", old), 401);
    assert.equal(await signIn(server, "admin", admin.password!), 200);
    assert.equal(await signIn(server, "carol", carol.password!), 200);
  }
  await Deno.remove(dir, { recursive: true });
});
