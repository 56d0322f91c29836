import type { Payload } from "../components/payload.ts";

/** Bytes as text where they are UTF-8, else as base64. More than the page shows is cut off. */
const BYTES_MAX = 64 * 1024;

export function payloadText(bytes: Uint8Array): Payload {
  const shown = bytes.subarray(0, BYTES_MAX);
  const common = { size: bytes.length, truncated: bytes.length > BYTES_MAX };
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    // The cut may go through a character: the decoder then waits for the rest of it.
    return {
      text: decoder.decode(shown, { stream: common.truncated }),
      encoding: "text",
      ...common,
    };
  } catch {
    return { text: base64Of(shown), encoding: "base64", ...common };
  }
}

function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
