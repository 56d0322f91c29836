import type { Entry, Reader } from "./database.ts";
import {
  clientIdOf,
  clientPart,
  sameSession,
  SessionPart,
  sessionPartOf,
  sessionRange,
  Tag,
  tagRange,
} from "./keys.ts";
import type { ViewContext } from "./view_context.ts";

/** Entries of one session that are kept from a listing, at most. */
const AHEAD_ENTRIES_MAX = 10_000;

/** All that lies together of one session: everything but its queued deliveries and its will. */
export interface SessionEntries {
  readonly clientId: string;
  /** In the order of their keys. */
  readonly entries: readonly Entry[];
  /** How many commits there had been, all of which they show. */
  readonly commits: number;
}

/**
 * What a listing of all sessions has read beyond what it was asked for. Whoever lists sessions asks
 * next for what they own (after a start: for every one of them), and has it here without another
 * read, as long as nothing was committed in between.
 */
export class SessionsAhead {
  #session: SessionEntries | undefined;

  remember(session: SessionEntries): void {
    this.#session = session.entries.length > AHEAD_ENTRIES_MAX ? undefined : session;
  }

  get(clientId: string, commits: number): readonly Entry[] | undefined {
    const session = this.#session;
    return session?.clientId === clientId && session.commits === commits
      ? session.entries
      : undefined;
  }
}

/** The session's entries from the part `first` to `last`, both included. */
export async function readSessionParts(
  context: ViewContext,
  clientId: string,
  first: SessionPart,
  last: SessionPart = first,
  reader?: Reader,
): Promise<readonly Entry[]> {
  const ahead = context.ahead.get(clientId, context.commits);
  if (ahead !== undefined) {
    return ahead.filter(([key]) => {
      const part = sessionPartOf(key);
      return part >= first && part <= last;
    });
  }
  const from = reader ?? await context.ready();
  return await from.range(sessionRange(clientPart(clientId), first, last), Infinity);
}

/** Every session, with all that lies together of it. */
export async function* listSessions(context: ViewContext): AsyncGenerator<SessionEntries> {
  const database = await context.ready();
  const pages = database.pages(tagRange(Tag.SESSION));
  let own: Entry[] = [];
  let ownCommits = 0;
  const session = (): SessionEntries => ({
    clientId: clientIdOf(own[0]![0]),
    entries: own,
    commits: ownCommits,
  });
  for (;;) {
    // Counted before the wait: what is counted is in the page, and what is committed while the page is
    // waited for and read, in the page or not, makes it count as old.
    const { commits } = context;
    await context.ready();
    const { value: entries, done } = await pages.next();
    if (done) break;
    for (const entry of entries) {
      if (own.length > 0 && !sameSession(own[0]![0], entry[0])) {
        yield session();
        own = [];
      }
      if (own.length === 0) ownCommits = commits;
      own.push(entry);
    }
  }
  if (own.length > 0) yield session();
}
