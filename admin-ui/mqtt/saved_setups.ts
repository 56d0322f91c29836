/** Connect options and subscriptions under a name, kept by this browser. Passwords are not kept. */
import { signal } from "@preact/signals";

export interface Setup {
  readonly name: string;
  readonly clientId: string;
  readonly username: string;
  readonly cleanStart: boolean;
  readonly keepAlive: number;
  readonly filters: readonly string[];
}

export const SETUPS_MAX = 20;

const KEY = "tidemq-inspector-setups";

export const setups = signal<readonly Setup[]>(stored());

function stored(): readonly Setup[] {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.slice(0, SETUPS_MAX) : [];
  } catch {
    return []; // Somebody else has written there.
  }
}

/** One of the same name is replaced. Throws when there are {@linkcode SETUPS_MAX} others. */
export function save(setup: Setup): void {
  const others = setups.value.filter(({ name }) => name !== setup.name);
  if (others.length >= SETUPS_MAX) throw new Error(`No more than ${SETUPS_MAX} setups are kept.`);
  store([...others, setup]);
}

export function forget(name: string): void {
  store(setups.value.filter((setup) => setup.name !== name));
}

function store(next: readonly Setup[]): void {
  setups.value = next;
  localStorage.setItem(KEY, JSON.stringify(next));
}
