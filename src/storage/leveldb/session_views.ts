import type { SessionRecord, SessionStore, SubscriptionStore, WillStore } from "../store.ts";
import {
  clientIdOf,
  clientIdOfExpiry,
  clientPart,
  expiryRange,
  sessionKey,
  SessionPart,
  sessionPartOf,
  Tag,
  tagRange,
  topicFilterOf,
  willKey,
} from "./keys.ts";
import { comparePositions, decodeSession, decodeSubscription, decodeWill } from "./records.ts";
import { expiryOf } from "./session_expiry.ts";
import { listSessions, readSessionParts } from "./session_parts.ts";
import type { ViewContext } from "./view_context.ts";

export function sessionView(context: ViewContext): SessionStore {
  const get = async (clientId: string): Promise<SessionRecord | undefined> => {
    const database = await context.ready();
    const value = await database.get(sessionKey(clientPart(clientId), SessionPart.RECORD));
    return value === undefined ? undefined : decodeSession(clientId, value);
  };
  return {
    get,
    async *list() {
      for await (const session of listSessions(context)) {
        // The record comes first; without one there is no session but something that it left.
        const [key, value] = session.entries[0]!;
        if (sessionPartOf(key) !== SessionPart.RECORD) continue;
        context.ahead.remember(session);
        yield decodeSession(session.clientId, value);
      }
    },
    async *expired(now) {
      const database = await context.ready();
      for await (const entries of database.pages(expiryRange(now))) {
        for (const [key] of entries) {
          const record = await get(clientIdOfExpiry(key));
          const due = record && expiryOf(record);
          // It may have come back since the page was read.
          if (due !== undefined && due <= now) yield record!;
        }
      }
    },
    count: () => countParts(context, SessionPart.RECORD),
  };
}

export function subscriptionView(context: ViewContext): SubscriptionStore {
  return {
    async list(clientId) {
      const entries = await readSessionParts(context, clientId, SessionPart.SUBSCRIPTION);
      const found = entries.map(([key, value]) => decodeSubscription(topicFilterOf(key), value));
      found.sort((a, b) => comparePositions(a.position, b.position));
      return found.map(({ subscription }) => subscription);
    },
    count: () => countParts(context, SessionPart.SUBSCRIPTION),
  };
}

/** Reads everything that is kept of all sessions but their queues. */
async function countParts(context: ViewContext, part: SessionPart): Promise<number> {
  const database = await context.ready();
  let count = 0;
  for await (const entries of database.pages(tagRange(Tag.SESSION))) {
    for (const [key] of entries) if (sessionPartOf(key) === part) count++;
  }
  return count;
}

export function willView(context: ViewContext): WillStore {
  return {
    async get(clientId) {
      const database = await context.ready();
      const value = await database.get(willKey(clientPart(clientId)));
      return value === undefined ? undefined : decodeWill(clientId, value);
    },
    async *list() {
      const database = await context.ready();
      for await (const entries of database.pages(tagRange(Tag.WILL))) {
        for (const [key, value] of entries) yield decodeWill(clientIdOf(key), value);
      }
    },
  };
}
