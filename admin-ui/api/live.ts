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
    if (!followed()) close();
  };
}

function tell({ type }: Event): void {
  for (const follower of [...followers.get(type) ?? []]) follower();
}

/** How long a stream that the server has refused is left alone, in milliseconds. */
const REFUSED_PAUSE_MS = 10_000;

let pause: ReturnType<typeof setTimeout> | undefined;

function open(): void {
  if (source !== undefined || document.hidden) return;
  liveState.value = "connecting";
  const opened = new EventSource(`${API}/events`);
  source = opened;
  opened.onopen = () => liveState.value = "live";
  opened.onerror = () => {
    liveState.value = "connecting";
    // It connects again by itself, but not after an answer that was no stream.
    if (opened.readyState !== EventSource.CLOSED) return;
    source = undefined;
    pause = setTimeout(openAgain, REFUSED_PAUSE_MS);
  };
  for (const type of followers.keys()) opened.addEventListener(type, tell);
}

/** What happened meanwhile is not known: everybody looks again. */
function openAgain(): void {
  if (source !== undefined || !followed()) return;
  open();
  tell(new Event(DROPPED));
}

function close(): void {
  clearTimeout(pause);
  source?.close();
  source = undefined;
  liveState.value = "off";
}

function followed(): boolean {
  return [...followers.values()].some((those) => those.size > 0);
}

// A browser has few connections to one address for all its tabs: one that nobody sees takes none.
document.addEventListener("visibilitychange", () => document.hidden ? close() : openAgain());
