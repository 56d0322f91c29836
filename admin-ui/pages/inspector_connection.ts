import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { ask } from "../components/dialog.ts";
import { notify } from "../components/notices.ts";
import { Badge } from "../components/values.ts";
import { connect, disconnect, state, subscribe, subscriptions } from "../mqtt/inspector.ts";
import { forget, save, type Setup, setups } from "../mqtt/saved_setups.ts";

const EMPTY: Setup = {
  name: "",
  clientId: "",
  username: "",
  cleanStart: true,
  keepAlive: 60,
  filters: [],
};

/** How the client connects, and the setups that are kept. */
export function InspectorConnection({ url }: { url: string }) {
  const [setup, setSetup] = useState<Setup>(EMPTY);
  const [password, setPassword] = useState("");
  const { value } = state;
  const off = value.name === "off";
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    connect(url, { ...setup, password });
  };
  const text = (name: "clientId" | "username") => (event: Event) =>
    setSetup({ ...setup, [name]: (event.target as HTMLInputElement).value });
  return html`<section class="card">
    <div class="head"><h2>Connection</h2><${State} />
      ${
    setups.value.map((each) =>
      html`
        <button type="button" class="quiet" key=${each.name} disabled=${!off}
          onClick=${() => setSetup(each)}>${each.name}</button>
      `
    )
  }</div>
    <form class="form columns" onSubmit=${submit}>
      <label class="field">Client id<input value=${setup.clientId} onInput=${text("clientId")}
        placeholder="the broker assigns one" disabled=${!off} autocomplete="off"
        spellcheck=${false} /></label>
      <label class="field">Username<input value=${setup.username} onInput=${text("username")}
        disabled=${!off} autocomplete="off" spellcheck=${false} /></label>
      <label class="field">MQTT password<input type="password" value=${password} disabled=${!off}
        autocomplete="off"
        onInput=${(event: Event) =>
    setPassword((event.target as HTMLInputElement).value)} /></label>
      <label class="field">Keep alive (seconds)<input type="number" min="0" max="65535"
        value=${setup.keepAlive} disabled=${!off} onInput=${(event: Event) =>
    setSetup({ ...setup, keepAlive: Number((event.target as HTMLInputElement).value) })} /></label>
      <label class="check"><input type="checkbox" checked=${setup.cleanStart} disabled=${!off}
        onChange=${(event: Event) =>
    setSetup({ ...setup, cleanStart: (event.target as HTMLInputElement).checked })} />
        Clean start</label>
      <div class="actions">
        ${
    setup.name !== "" &&
    html`<button type="button" class="quiet" onClick=${() => {
      forget(setup.name);
      setSetup({ ...setup, name: "" });
    }}>Forget ${setup.name}</button>`
  }
        <button type="button" onClick=${() => askToSave(setup, setSetup)}>Save</button>
        ${
    off
      ? html`<button key="connect" type="submit" class="primary">Connect</button>`
      : html`<button key="disconnect" type="button" onClick=${disconnect}>Disconnect</button>`
  }
      </div>
    </form>
    ${
    value.name === "connected" && setup.filters.length > 0
      ? html`<button type="button" onClick=${() => void subscribeAll(setup.filters)}>
          Subscribe to the ${setup.filters.length} saved filters</button>`
      : null
  }
  </section>`;
}

function State() {
  const { value } = state;
  if (value.name === "connected") {
    return html`<${Badge} tone="good">connected as ${value.clientId}<//>`;
  }
  if (value.name === "connecting") return html`<${Badge}>connecting<//>`;
  return html`<${Badge}>not connected<//> <span class="faint">${value.why}</span>`;
}

async function subscribeAll(filters: readonly string[]): Promise<void> {
  const options = { qos: 0, noLocal: false, retainAsPublished: true, retainHandling: 0 } as const;
  try {
    for (const topicFilter of filters) await subscribe({ topicFilter, ...options });
    notify("Subscribed.");
  } catch (error) {
    notify(error instanceof Error ? error.message : String(error), true);
  }
}

function askToSave(setup: Setup, saved: (setup: Setup) => void): void {
  ask({
    title: "Save this setup",
    body: html`
      <label class="field">Name<input name="name" required maxlength="40"
              defaultValue=${setup.name} /></label>
      <p>With the subscriptions of now, without the password; in this browser only.</p>
    `,
    action: "Save",
    run(fields) {
      const filters = subscriptions.value.map(({ topicFilter }) => topicFilter);
      const next = { ...setup, name: String(fields.get("name")), filters };
      save(next);
      saved(next);
      notify("Saved.");
      return Promise.resolve();
    },
  });
}
