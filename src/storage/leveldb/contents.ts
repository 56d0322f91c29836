import { SessionPart, sessionPartOf, Tag } from "./keys.ts";

/** How much of each kind a database holds. */
export interface Contents {
  readonly sessions: number;
  readonly subscriptions: number;
  /** Queued for a session, and in flight to one. */
  readonly deliveries: number;
  /** Incoming QoS 2 packets that wait for PUBREL. */
  readonly received: number;
  readonly retained: number;
  readonly wills: number;
  readonly admin: number;
}

/** Counts entries by their keys. */
export class ContentsCounter {
  readonly #counts = {
    sessions: 0,
    subscriptions: 0,
    deliveries: 0,
    received: 0,
    retained: 0,
    wills: 0,
    admin: 0,
  };

  get contents(): Contents {
    return { ...this.#counts };
  }

  count(key: Uint8Array): void {
    const counts = this.#counts;
    switch (key[0]) {
      case Tag.SESSION:
        return this.#countPart(sessionPartOf(key));
      case Tag.DELIVERY:
        counts.deliveries++;
        return;
      case Tag.RETAINED:
        counts.retained++;
        return;
      case Tag.WILL:
        counts.wills++;
        return;
      case Tag.ADMIN:
        counts.admin++;
    }
  }

  #countPart(part: SessionPart): void {
    const counts = this.#counts;
    if (part === SessionPart.RECORD) counts.sessions++;
    else if (part === SessionPart.SUBSCRIPTION) counts.subscriptions++;
    else if (part === SessionPart.INFLIGHT) counts.deliveries++;
    else if (part === SessionPart.RECEIVED) counts.received++;
  }
}

/** `3 sessions, 5 subscriptions, …`, without what there is none of. */
export function describeContents(contents: Contents): string {
  const { sessions, subscriptions, deliveries, received, retained, wills, admin } = contents;
  const parts = [
    counted(sessions, "session"),
    counted(subscriptions, "subscription"),
    counted(deliveries, "message", " for a session"),
    counted(received, "unreleased packet"),
    counted(retained, "retained message"),
    counted(wills, "will"),
    counted(admin, "administration record"),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

function counted(count: number, what: string, more = ""): string | undefined {
  return count === 0 ? undefined : `${count} ${what}${count === 1 ? "" : "s"}${more}`;
}
