/** Short words about what was done, which go by themselves. */
import { signal } from "@preact/signals";
import { html } from "htm/preact";

interface Notice {
  readonly text: string;
  readonly failed: boolean;
}

const NOTICES_MAX = 3;
const SHOWN_MS = 6_000;

const notices = signal<readonly Notice[]>([]);

export function notify(text: string, failed = false): void {
  const notice = { text, failed };
  notices.value = [...notices.value, notice].slice(-NOTICES_MAX);
  setTimeout(() => {
    notices.value = notices.value.filter((each) => each !== notice);
  }, SHOWN_MS);
}

/** Does `act` and says what came of it; true when it went well. */
export async function attempt(act: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await act();
    notify(done);
    return true;
  } catch (error) {
    notify(error instanceof Error ? error.message : String(error), true);
    return false;
  }
}

export function Notices() {
  return html`<div class="notices" role="status" aria-live="polite">${
    notices.value.map(({ text, failed }) =>
      html`<p class=${failed ? "notice failure" : "notice"}>${text}</p>`
    )
  }</div>`;
}
