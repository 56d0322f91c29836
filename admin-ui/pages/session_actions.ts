/** The questions before something is done to sessions. */
import { html } from "htm/preact";
import { type EndMode, endSession, endSessions } from "../api/session_requests.ts";
import { ask } from "../components/dialog.ts";
import { notify } from "../components/notices.ts";

const WORDS = {
  disconnect: {
    action: "Disconnect",
    text: "The connection ends with reason code 0x98. A durable session stays.",
  },
  discard: {
    action: "Discard",
    text: "The connection ends, and the subscriptions and all messages that wait are deleted.",
  },
} as const satisfies Record<EndMode, { action: string; text: string }>;

export function askToEnd(clientId: string, mode: EndMode, done: () => void): void {
  const { action, text } = WORDS[mode];
  ask({
    title: `${action} this session?`,
    body: html`
      <p class="id">${clientId}</p>
      <p>${text}</p>
    `,
    action,
    dangerous: true,
    async run() {
      await endSession(clientId, mode);
      notify("Done.");
      done();
    },
  });
}

export function askToEndSeveral(ids: readonly string[], mode: EndMode, done: () => void): void {
  const { action, text } = WORDS[mode];
  ask({
    title: `${action} ${ids.length} sessions?`,
    body: html`<p>${text}</p>`,
    action,
    dangerous: true,
    async run() {
      const ended = await endSessions(ids, mode);
      notify(`${ended} of ${ids.length} sessions ended.`);
      done();
    },
  });
}
