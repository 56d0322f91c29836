import assert from "#assert";
import { DenyAll } from "../../auth/deny_all.ts";
import { SeededRandom } from "../../base/random.ts";
import type { AuthRequest } from "../../auth/auth.ts";
import { BridgeLogin, newBridgeSecret } from "./bridge_login.ts";

const secret = newBridgeSecret(new SeededRandom(1));
const login = new BridgeLogin(secret, new DenyAll());

function request(password: Uint8Array | undefined): AuthRequest {
  return {
    connect: { username: "carol", password } as AuthRequest["connect"],
    clientId: "c",
    remoteAddress: "127.0.0.1",
    peerCertificate: undefined,
  };
}

Deno.test("BridgeLogin: the secret lets in, with the name that is given", async () => {
  const result = await login.authenticate(request(secret.slice()));
  assert.equal(result.kind, "accepted");
  assert.equal(result.kind === "accepted" && result.identity.username, "carol");
});

for (
  const [what, password] of [
    ["no password", undefined],
    ["an empty one", new Uint8Array()],
    ["a part of the secret", secret.subarray(1)],
    ["another one of its length", secret.map((byte) => byte ^ 1)],
  ] as const
) {
  Deno.test(`BridgeLogin: with ${what} the other authenticator decides`, async () => {
    assert.equal((await login.authenticate(request(password))).kind, "refused");
  });
}
