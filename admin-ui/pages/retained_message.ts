import { html } from "htm/preact";
import { may } from "../api/account.ts";
import { ApiError, urlOf } from "../api/client.ts";
import { deleteRetained, loadRetained, type RetainedMessage } from "../api/retained_requests.ts";
import { CopyCurl } from "../components/curl.ts";
import { ask } from "../components/dialog.ts";
import { notify } from "../components/notices.ts";
import { PayloadView } from "../components/payload.ts";
import { useResource } from "../components/resource.ts";
import { Empty, Failure, Loading } from "../components/states.ts";
import { Facts, SessionLink, Time, TopicLink } from "../components/values.ts";
import { bytes } from "../format.ts";
import { go, linkTo, queryValue } from "../place.ts";
import { askToSet } from "./retained_form.ts";

export function RetainedMessagePage() {
  const topic = queryValue("topic");
  const { value, error, reload } = useResource(topic, (signal) => loadRetained(topic, signal));
  const gone = error instanceof ApiError && error.code === "retained_not_found";
  return html`<p class="crumbs"><a href=${linkTo("retained")}>Retained messages</a></p>
    <h1 class="id">${topic}</h1>
    ${
    gone && html`
      <${Empty} title="There is no retained message."
        hint="It has expired, or it was deleted." />
    `
  }
    ${error !== undefined && !gone ? html`<${Failure} error=${error} retry=${reload} />` : null}
    ${value === undefined && error === undefined ? html`<${Loading} />` : null}
    ${
    value === undefined || gone ? null : html`<${Details} message=${value} changed=${reload} />`
  }`;
}

function Details({ message, changed }: { message: RetainedMessage; changed: () => void }) {
  const { topic, payload, encoding, size } = message;
  const url = urlOf("/retained/-", { topic });
  return html`
    <div class="head">
          ${may("operator") && html`
            <button type="button" onClick=${() => askToSet(message, changed)}>
                    Edit</button>
            <button type="button" class="danger" onClick=${() => askToDelete(topic)}>Delete</button>
          `}
          <${CopyCurl} url=${url} />
        </div>
    <section class="card">
      <${Facts} rows=${factsOf(message)} />
    </section>
    <section class="card">
      <h2>Payload</h2>
      <${PayloadView} payload=${{ text: payload, encoding, size, truncated: false }} />
    </section>
  `;
}

function factsOf(message: RetainedMessage) {
  const { topic, publisher, properties } = message;
  const { user_properties: pairs = [] } = properties;
  return [
    ["Topic", html`<${TopicLink} topic=${topic} />`],
    ["Publisher", publisher === null ? "the broker" : html`<${SessionLink} id=${publisher} />`],
    ["Received", html`<${Time} at=${message.received_at} />`],
    [
      "Expires",
      message.expires_at === null ? "never" : new Date(message.expires_at).toLocaleString("sv"),
    ],
    ["QoS", message.qos],
    ["Size", bytes(message.size)],
    ["Content type", properties.content_type ?? "none"],
    ["Response topic", properties.response_topic ?? "none"],
    ...pairs.map(([name, value]) => [`User property ${name}`, value] as const),
  ];
}

function askToDelete(topic: string): void {
  ask({
    title: "Delete this retained message?",
    body: html`
      <p class="id">${topic}</p>
      <p>Who is subscribed is not told.</p>
    `,
    action: "Delete",
    dangerous: true,
    async run() {
      await deleteRetained(topic);
      notify("Deleted.");
      go("retained");
    },
  });
}
