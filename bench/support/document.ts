const END = "<!-- measured: end -->";
/** The formatter leaves alone what is between these: its lines are as long as its figures. */
const IGNORE_START = "<!-- deno-fmt-ignore-start -->";
const IGNORE_END = "<!-- deno-fmt-ignore-end -->";

/** Puts `section`, which `task` has measured, between its markers. Throws when there are none. */
export function replaceMeasured(document: string, task: string, section: string): string {
  const marker = `<!-- measured: begin. Written by \`deno task ${task}\`. -->`;
  const begin = document.indexOf(marker);
  const end = document.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`the document has no place for figures of ${task}`);
  const unformatted = `${IGNORE_START}\n\n${section.trim()}\n\n${IGNORE_END}`;
  return `${document.slice(0, begin)}${marker}\n${unformatted}\n${document.slice(end)}`;
}
