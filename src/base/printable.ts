/**
 * Control characters (C0, DEL, C1), line and paragraph separators, and the characters that have no
 * width or change the direction of the text around them: with them, a text from outside could
 * begin a line of its own, drive the terminal, or look like something else.
 */
const UNPRINTABLE =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** `text` with every unprintable character written as `\uXXXX`, which is JSON's way too. */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
