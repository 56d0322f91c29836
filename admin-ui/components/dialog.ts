/** One question at a time, above everything else. */
import { signal } from "@preact/signals";
import { html } from "htm/preact";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export interface Question {
  readonly title: string;
  readonly body: ComponentChildren;
  /** On the button that does it. */
  readonly action: string;
  readonly dangerous?: boolean;
  /** Gets the fields of the form. The question goes when it resolves, and shows why it rejects. */
  run(fields: FormData): Promise<unknown>;
}

const question = signal<Question | undefined>(undefined);

export function ask(asked: Question): void {
  question.value = asked;
}

export function Dialog() {
  const { value } = question;
  return value === undefined ? null : html`<${Asked} key=${value.title} question=${value} />`;
}

function Asked({ question: { title, body, action, dangerous, run } }: { question: Question }) {
  const element = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  useEffect(() => element.current?.showModal(), []);
  const close = () => question.value = undefined;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await run(new FormData(event.target as HTMLFormElement));
      close();
    } catch (failed) {
      setError(failed instanceof Error ? failed.message : String(failed));
    } finally {
      setBusy(false);
    }
  };
  return html`
    <dialog ref=${element} onClose=${close} aria-labelledby="dialog-title">
      <form onSubmit=${submit}>
          <h2 id="dialog-title">${title}</h2>
          ${body}
          ${error === undefined ? null : html`<p class="failure" role="alert">${error}</p>`}
          <div class="actions">
            <button type="button" onClick=${close}>Cancel</button>
            <button type="submit" class=${dangerous ? "danger" : "primary"} disabled=${busy}>
              ${action}
            </button>
          </div>
        </form>
    </dialog>
  `;
}
