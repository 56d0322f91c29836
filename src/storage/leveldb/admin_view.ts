import type { AdminStore } from "../store.ts";
import { adminKey, adminKeyOf, adminRange } from "./keys.ts";
import { PlainWrite } from "./plain_write.ts";
import { decodeJson, encodeJson } from "./records.ts";
import type { ViewContext } from "./view_context.ts";

export function adminView(context: ViewContext): AdminStore {
  return {
    async get(kind, key) {
      const database = await context.ready();
      const value = await database.get(adminKey(kind, key));
      return value === undefined ? undefined : decodeJson(value);
    },
    put: (kind, key, value) =>
      context.commit([new PlainWrite(adminKey(kind, key), encodeJson(value))]),
    delete: (kind, key) => context.commit([new PlainWrite(adminKey(kind, key))]),
    async list(kind, { after, limit = Infinity } = {}) {
      const database = await context.ready();
      const found: { key: string; value: unknown }[] = [];
      for await (const entries of database.pages(adminRange(kind, after))) {
        for (const [key, value] of entries) {
          if (found.length >= limit) return found;
          found.push({ key: adminKeyOf(key), value: decodeJson(value) });
        }
      }
      return found;
    },
  };
}
