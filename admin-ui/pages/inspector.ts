import { html } from "htm/preact";
import { attempt } from "../components/notices.ts";
import { Empty } from "../components/states.ts";
import { PayloadView } from "../components/payload.ts";
import { clockTime } from "../format.ts";
import {
  type Arrived,
  messages,
  mqttUrl,
  publish,
  state,
  subscribe,
  subscriptions,
  unsubscribe,
} from "../mqtt/inspector.ts";
import { InspectorConnection } from "./inspector_connection.ts";
import { outgoingOf } from "./inspector_message.ts";
import { payloadText } from "./payload_text.ts";

/** A client of one's own, to try topics and to look at messages. */
export function InspectorPage() {
  const url = mqttUrl();
  if (url === undefined) {
    return html`
      <h1>Inspector</h1>
      <${Empty} title="MQTT over WebSocket is turned off."
        hint="The inspector is a client in the browser: it needs server.ws_enabled." />
    `;
  }
  const on = state.value.name === "connected";
  return html`
    <h1>Inspector</h1>
    <div class="split">
      <div>
        <${InspectorConnection} url=${url} />
        <${Messages} />
      </div>
      <div>
        <${Subscriptions} on=${on} />
        <${PublishForm} on=${on} />
      </div>
    </div>
  `;
}

function Subscriptions({ on }: { on: boolean }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const fields = new FormData(form);
    const request = {
      topicFilter: String(fields.get("filter")),
      qos: Number(fields.get("qos")) as 0 | 1 | 2,
      noLocal: fields.has("no_local"),
      retainAsPublished: fields.has("retain_as_published"),
      retainHandling: 0 as const,
    };
    void attempt(() => subscribe(request), `Subscribed to ${request.topicFilter}.`);
  };
  return html`
    <section class="card">
      <h2>Subscriptions</h2>
      <form class="form" onSubmit=${submit}>
        <label class="field">Topic filter<input name="filter" required autocomplete="off"
            spellcheck=${false} placeholder="sensors/#" /></label>
        <label class="field">QoS<select name="qos"><option>0</option><option>1</option>
            <option>2</option></select></label>
        <label class="check"><input type="checkbox" name="no_local" /> No local</label>
        <label class="check"><input type="checkbox" name="retain_as_published" checked />
            Retain as published</label>
        <button type="submit" disabled=${!on}>Subscribe</button>
      </form>
      <ul class="bare">${subscriptions.value.map(({ topicFilter, qos }) =>
        html`<li key=${topicFilter}><span class="id">${topicFilter}</span>
        <span class="faint">QoS ${qos}</span>
        <button type="button" class="quiet" onClick=${() =>
          attempt(() => unsubscribe(topicFilter), "Unsubscribed.")}>Unsubscribe</button></li>`
      )}</ul>
    </section>
  `;
}

function PublishForm({ on }: { on: boolean }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    void attempt(() => publish(outgoingOf(fields)), "Published.");
  };
  return html`
    <section class="card">
      <h2>Publish</h2>
      <form class="form" onSubmit=${submit}>
        <label class="field">Topic<input name="topic" required autocomplete="off"
            spellcheck=${false} /></label>
        <label class="field">Payload<textarea name="payload" spellcheck=${false}></textarea></label>
        <label class="field">The payload is<select name="encoding"><option>text</option>
            <option>base64</option></select></label>
        <label class="field">QoS<select name="qos"><option>0</option><option>1</option>
            <option>2</option></select></label>
        <label class="check"><input type="checkbox" name="retain" /> Retain</label>
        <details>
          <summary>Properties</summary>
          <div class="form">
            <label class="field">Content type<input name="content_type" autocomplete="off" /></label>
            <label
              class="field">Response topic<input name="response_topic" autocomplete="off" /></label>
            <label
              class="field">Correlation data<input name="correlation_data" autocomplete="off" /></label>
            <label
              class="field">Expires after (seconds)<input name="expiry" type="number" min="0" /></label>
            <label class="field">User properties, one name=value a line
              <textarea name="user_properties" spellcheck=${false}></textarea></label>
            <label
              class="check"><input type="checkbox" name="utf8" /> The payload is marked as UTF-8</label>
          </div>
        </details>
        <button type="submit" class="primary" disabled=${!on}>Publish</button>
      </form>
    </section>
  `;
}

function Messages() {
  const { value } = messages;
  return html`<section class="list" aria-label="Messages">
    <div class="list-bar"><p class="total">${
    value.length === 1 ? "1 message" : `${value.length} messages`
  }, the newest first</p>
      <button type="button" class="quiet" onClick=${() => messages.value = []}>Clear</button></div>
    ${
    value.length === 0
      ? html`<${Empty} title="No message yet." hint="Connect, then subscribe to a topic filter." />`
      : html`<ol class="timeline">${
        value.map((arrived) => html`<${Message} key=${arrived.number} arrived=${arrived} />`)
      }</ol>`
  }</section>`;
}

function Message({ arrived: { at, message } }: { arrived: Arrived }) {
  const { topic, qos, retain, properties } = message;
  const { userProperties = [], contentType, responseTopic } = properties;
  return html`<li><time datetime=${at}>${clockTime(at)}</time>
    <strong class="id">${topic}</strong>
    <span class="faint"> QoS ${qos}${retain ? ", retained" : ""}${
    contentType === undefined ? "" : `, ${contentType}`
  }${responseTopic === undefined ? "" : `, answer to ${responseTopic}`}</span>
    ${
    userProperties.length === 0
      ? null
      : html`<p class="faint id">${userProperties.map((pair) => pair.join(": ")).join("\n")}</p>`
  }
    <${PayloadView} payload=${payloadText(message.payload)} /></li>`;
}
