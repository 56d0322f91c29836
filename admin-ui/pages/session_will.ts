/** What is published when the client is gone. */
import { html } from "htm/preact";
import type { SessionDetail } from "../api/session_requests.ts";
import { PayloadView } from "../components/payload.ts";
import { Facts, TopicLink } from "../components/values.ts";
import { clockTime, duration } from "../format.ts";
import { payloadOf } from "./session_messages.ts";

type Will = NonNullable<SessionDetail["will"]>;

export function SessionWill({ will }: { will: Will }) {
  return html`
    <section class="card" aria-label="Will">
      <h2>Will</h2>
      <${Facts} rows=${factsOf(will)} />
      <${PayloadView} payload=${payloadOf(will)} />
    </section>
  `;
}

function factsOf(will: Will) {
  const { delay_interval: delay, message_expiry_interval: expiry, due_at: due } = will;
  return [
    ["Topic", html`<${TopicLink} topic=${will.topic} />`],
    ["QoS", will.qos],
    ["Retained", will.retain ? "yes" : "no"],
    ["Delay", delay === 0 ? "none" : duration(delay)],
    ["Expires", expiry === null ? "never" : `after ${duration(expiry)}`],
    ...due === null ? [] : [["Is published", clockTime(due)] as const],
  ] as const;
}
