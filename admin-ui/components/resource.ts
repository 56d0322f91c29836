/** Something of the API that a page shows and follows. */
import { useEffect, useRef, useState } from "preact/hooks";
import { followEvents } from "../api/live.ts";

export interface Resource<Value> {
  /** What was loaded last, also while the next is under way or when it failed. */
  readonly value: Value | undefined;
  readonly error: Error | undefined;
  readonly loading: boolean;
  reload(): void;
}

export interface ResourceOptions {
  /** Loads again, at most once a second, when one of these events comes. */
  readonly events?: readonly string[] | undefined;
  /** Loads again after this time (ms), while the page can be seen. */
  readonly everyMs?: number | undefined;
}

const EVENT_PAUSE_MS = 1_000;

/** Loads when `key` changes, and forgets what was loaded for another one. */
export function useResource<Value>(
  key: string,
  load: (signal: AbortSignal) => Promise<Value>,
  { events = [], everyMs }: ResourceOptions = {},
): Resource<Value> {
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<{ key: string; value?: Value; error?: Error }>({ key });
  const [loading, setLoading] = useState(true);
  const current = useRef(load);
  current.current = load;
  useEffect(() => {
    const abort = new AbortController();
    setLoading(true);
    current.current(abort.signal).then(
      (value) => settle({ key, value }),
      (error) => settle((before) => ({ ...before.key === key ? before : {}, key, error })),
    );
    function settle(next: Parameters<typeof setState>[0]) {
      if (abort.signal.aborted) return;
      setState(next);
      setLoading(false);
    }
    return () => abort.abort();
  }, [key, turn]);
  const reload = () => setTurn((before) => before + 1);
  useEffect(() => {
    const stopEvents = events.length === 0 ? () => {} : followEvents(events, paced(reload));
    const timer = everyMs === undefined ? undefined : setInterval(() => {
      if (!document.hidden) reload();
    }, everyMs);
    return () => {
      stopEvents();
      clearInterval(timer);
    };
  }, [events.join(), everyMs]);
  const { value, error } = state.key === key ? state : {};
  return { value, error, loading, reload };
}

/** Calls `act` now, and once more after a pause for all calls that came in it. */
function paced(act: () => void): () => void {
  let pausing = false;
  let again = false;
  return function call() {
    if (pausing) {
      again = true;
      return;
    }
    pausing = true;
    again = false;
    act();
    setTimeout(() => {
      pausing = false;
      if (again) call();
    }, EVENT_PAUSE_MS);
  };
}
