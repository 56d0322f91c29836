import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { signIn } from "../api/sign_in.ts";

export function SignIn() {
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    setBusy(true);
    setError(undefined);
    try {
      await signIn(String(fields.get("name")), String(fields.get("password")));
    } catch (failed) {
      setError(failed instanceof Error ? failed.message : String(failed));
      setBusy(false);
    }
  };
  return html`
    <main class="sign-in">
      <form onSubmit=${submit}>
          <h1>TideMQ</h1>
          <label class="field">User name<input name="name" autocomplete="username" required autofocus
            autocapitalize="none" spellcheck=${false} /></label>
          <label class="field">Password<input name="password" type="password"
            autocomplete="current-password" required /></label>
          ${error === undefined ? null : html`<p class="failure" role="alert">${error}</p>`}
          <button type="submit" class="primary" disabled=${busy}>Sign in</button>
          <p class="hint">The first start prints the password of the user <code>admin</code>.</p>
        </form>
    </main>
  `;
}
