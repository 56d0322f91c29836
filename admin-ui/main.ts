import { html } from "htm/preact";
import { render } from "preact";
import { Console } from "./console.ts";

render(html`<${Console} />`, document.getElementById("console")!);
