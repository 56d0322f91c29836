const BEGIN = "<!-- measured: begin. Written by `deno task bench:compare`. -->";
const END = "<!-- measured: end -->";

/** Puts `section` between the markers of `document`. Throws when they are not there. */
export function replaceMeasured(document: string, section: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error("the document has no place for measured figures");
  return `${document.slice(0, begin)}${BEGIN}\n\n${section.trim()}\n\n${document.slice(end)}`;
}
