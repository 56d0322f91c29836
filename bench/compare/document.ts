const BEGIN = "<!-- measured: begin. Written by `deno task bench:compare`. -->";
const END = "<!-- measured: end -->";
/** The formatter leaves alone what is between these: its lines are as long as its figures. */
const IGNORE_START = "<!-- deno-fmt-ignore-start -->";
const IGNORE_END = "<!-- deno-fmt-ignore-end -->";

/** Puts `section` between the markers of `document`. Throws when they are not there. */
export function replaceMeasured(document: string, section: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error("the document has no place for measured figures");
  const unformatted = `${IGNORE_START}\n\n${section.trim()}\n\n${IGNORE_END}`;
  return `${document.slice(0, begin)}${BEGIN}\n${unformatted}\n${document.slice(end)}`;
}
