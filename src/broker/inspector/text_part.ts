/** What has a meaning in a regular expression. */
const SPECIAL = /[\\^$.*+?()[\]{}|/-]/g;

/**
 * Whether a text has `part` in it, in any case; an empty one is in all. Makes nothing for the texts
 * that it is asked about, of which there are hundreds of thousands.
 */
export function hasPart(part: string): (text: string) => boolean {
  if (part === "") return () => true;
  const pattern = new RegExp(part.replace(SPECIAL, "\\$&"), "i");
  return (text) => pattern.test(text);
}
