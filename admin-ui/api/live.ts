/** The events of the broker as they come: one stream for the whole console. */
import { signal } from "@preact/signals";
import { API } from "./client.ts";

/** `off`: nothing on the page follows the events. */
export const liveState = signal<"off" | "connecting" | "live">("off");

type Follower = () => void;

const followers = new Map<string, Set<Follower>>();
let source: EventSource | undefined;

/** The stream says so when it had to leave events out: everybody has to look again. */
const DROPPED = "dropped";

/** Calls `follower` for each event of `types`, until the returned function is called. */
export function followEvents(types: readonly string[], follower: Follower): () => void {
  for (const type of [...types, DROPPED]) {
    const known = followers.get(type);
    if (known === undefined) {
      followers.set(type, new Set([follower]));
      source?.addEventListener(type, tell);
    } else known.add(follower);
  }
  open();
  return () => {
    for (const those of followers.values()) those.delete(follower);
    if ([...followers.values()].every((those) => those.size === 0)) close();
  };
}

function tell({ type }: Event): void {
  for (const follower of [...followers.get(type) ?? []]) follower();
}

function open(): void {
  if (source !== undefined) return;
  liveState.value = "connecting";
  source = new EventSource(`${API}/events`);
  source.onopen = () => liveState.value = "live";
  source.onerror = () => liveState.value = "connecting";
  for (const type of followers.keys()) source.addEventListener(type, tell);
}

function close(): void {
  source?.close();
  source = undefined;
  liveState.value = "off";
}
