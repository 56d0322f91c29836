/** The first credentials (requirement row C20), against the whole server. */
import assert from "#assert";
import type { ConfigInput } from "../../src/config/schema.ts";
import { LocalServer } from "../support/local_server.ts";

const admin = { enabled: true } as const;

async function status(server: LocalServer, headers: Record<string, string>): Promise<number> {
  const response = await fetch(`http://${server.addressOf("http")}/api/v1/users`, { headers });
  await response.body?.cancel();
  return response.status;
}

async function signIn(server: LocalServer, password: string): Promise<number> {
  const response = await fetch(`http://${server.addressOf("http")}/api/v1/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "admin", password }),
  });
  await response.body?.cancel();
  return response.status;
}

Deno.test("the first start makes a password and a token that count, the second makes none", async () => {
  const dir = await Deno.makeTempDir({ prefix: "tidemq-admin-" });
  const storage: ConfigInput["storage"] = { type: "leveldb", leveldb: { dir } };
  let made: LocalServer["firstCredentials"];
  {
    await using server = await LocalServer.start({ admin, storage });
    made = server.firstCredentials!;
    assert.equal(await signIn(server, made.password!), 200);
    assert.equal(await signIn(server, "a wrong password"), 401);
    assert.equal(await status(server, { authorization: `Bearer ${made.token}` }), 200);
    assert.equal(await status(server, {}), 401);
  }
  {
    await using server = await LocalServer.start({ admin, storage });
    assert.equal(server.firstCredentials, undefined);
    assert.equal(await signIn(server, made.password!), 200);
    assert.equal(await status(server, { authorization: `Bearer ${made.token}` }), 200);
  }
  await Deno.remove(dir, { recursive: true });
});

Deno.test("the first password can be given in a file", async () => {
  const file = await Deno.makeTempFile({ prefix: "tidemq-password-" });
  await Deno.writeTextFile(file, "correct horse battery\r\nnot this\n");
  {
    await using server = await LocalServer.start({ admin: { ...admin, password_file: file } });
    assert.equal(server.firstCredentials?.password, undefined);
    assert.equal(await signIn(server, "correct horse battery"), 200);
  }
  await Deno.writeTextFile(file, "short\n");
  const start = () => LocalServer.start({ admin: { ...admin, password_file: file } });
  await assert.rejects(start(), { name: "FirstAdminError", message: /has 5 characters/ });
  await Deno.remove(file);
  await assert.rejects(start(), {
    name: "FirstAdminError",
    message: /password_file cannot be read/,
  });
});

Deno.test("without the admin API nothing is served and no credentials are made", async () => {
  await using server = await LocalServer.start({ admin: { enabled: false } });
  assert.equal(server.firstCredentials, undefined);
  assert.equal(await status(server, {}), 404);
});

Deno.test("the admin API is served on http_addr alone, also when nothing else is", async () => {
  await using server = await LocalServer.start({
    admin,
    server: { ws_enabled: false, health_enabled: false },
  });
  assert.equal(await status(server, {}), 401);
});

Deno.test("the admin API shares http_addr with health and WebSocket", async () => {
  await using server = await LocalServer.start({ admin });
  const http = `http://${server.addressOf("http")}`;
  for (
    const [path, code] of [["/health", 200], ["/mqtt", 426], ["/api/v1/me", 401], [
      "/x",
      404,
    ]] as const
  ) {
    const response = await fetch(`${http}${path}`);
    await response.body?.cancel();
    assert.equal(response.status, code, path);
  }
});
