import { type Account, account } from "./account.ts";
import { ApiError, get, send } from "./client.ts";

/** Finds out who is signed in. Rejects with an `ApiError` when the broker cannot be reached. */
export async function findAccount(): Promise<void> {
  try {
    account.value = await get<Account>("/me");
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    account.value = undefined;
  }
}

/** Rejects with an `ApiError` when the two do not belong together. */
export async function signIn(name: string, password: string): Promise<void> {
  account.value = await send<Account>("POST", "/login", { body: { name, password } });
}

export async function signOut(): Promise<void> {
  await send("POST", "/logout");
  account.value = undefined;
}
