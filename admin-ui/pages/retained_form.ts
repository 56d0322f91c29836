import { html } from "htm/preact";
import { type RetainedMessage, setRetained } from "../api/retained_requests.ts";
import { ask } from "../components/dialog.ts";
import { notify } from "../components/notices.ts";

/** Asks for a retained message; `given`: the one to change, whose topic stays. */
export function askToSet(given: RetainedMessage | undefined, changed: () => void): void {
  ask({
    title: given === undefined ? "Set a retained message" : "Change the retained message",
    body: fieldsOf(given),
    action: "Publish",
    async run(fields) {
      const text = (name: string) => String(fields.get(name) ?? "");
      const topic = given?.topic ?? text("topic");
      const expiry = text("expiry");
      const type = text("content_type");
      await setRetained(topic, {
        payload: payloadIn(text("payload"), text("encoding")),
        encoding: text("encoding"),
        qos: Number(text("qos")),
        ...expiry === "" ? {} : { message_expiry_interval: Number(expiry) },
        ...type === "" ? {} : { content_type: type },
      });
      notify("Published.");
      changed();
    },
  });
}

function payloadIn(text: string, encoding: string): unknown {
  if (encoding !== "json") return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`This is not JSON: ${(error as Error).message}`);
  }
}

function fieldsOf(given: RetainedMessage | undefined) {
  return html`
    ${given === undefined
      ? html`<label class="field">Topic<input name="topic" required autocomplete="off"
          spellcheck=${false} /></label>`
      : html`<p class="id">${given.topic}</p>`}
        <label class="field">Payload<textarea name="payload" spellcheck=${false}
          defaultValue=${given?.payload ?? ""}></textarea></label>
        <label class="field">The payload is
          <select name="encoding">${[
            "text",
            "json",
            "base64",
          ].map((each) =>
            html`<option selected=${each === (given?.encoding ?? "text")}>${each}</option>`
          )}</select></label>
        <label class="field">QoS<select name="qos">${[0, 1, 2].map((qos) =>
          html`<option selected=${qos === (given?.qos ?? 1)}>${qos}</option>`
        )}</select></label>
        <label class="field">Content type<input name="content_type" autocomplete="off"
          defaultValue=${given?.properties.content_type ?? ""} /></label>
        <label
      class="field">Expires after (seconds)<input name="expiry" type="number" min="1" /></label>
        <p class="hint">Who is subscribed gets the message, too.</p>
  `;
}
