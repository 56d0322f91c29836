/**
 * UTF-8 Encoded Strings (section 1.5.4): well-formed after RFC 3629, without U+0000, a byte order
 * mark kept as the character it is. Most strings of MQTT are short and ASCII, so those never leave
 * JavaScript: a call into `TextDecoder` costs more than they do.
 */

/** The longest string, in bytes, that is decoded by hand. */
const SHORT_STRING_BYTES = 64;

// ignoreBOM means: do not treat it as a mark, so it stays in the string [MQTT-1.5.4-3].
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The string in `bytes` from `start` to `end`; undefined when it is ill-formed or contains U+0000
 * [MQTT-1.5.4-1] [MQTT-1.5.4-2].
 */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start <= SHORT_STRING_BYTES) {
    const text = decodeAscii(bytes, start, end);
    if (text !== undefined) return text;
  }
  let text: string;
  try {
    text = strictDecoder.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
  return text.includes("\0") ? undefined : text;
}

/** The string, if all of it is ASCII and none of it is NUL. */
function decodeAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  const units = new Array<number>(end - start);
  for (let i = 0; i < units.length; i++) {
    const byte = bytes[start + i]!;
    if (byte >= 0x80 || byte === 0) return undefined;
    units[i] = byte;
  }
  return String.fromCharCode.apply(null, units);
}

/**
 * Bytes that `text` takes in UTF-8; -1 when it can be no UTF-8 Encoded String, because it contains
 * U+0000 or half of a surrogate pair.
 */
export function utf8Length(text: string): number {
  const length = text.length;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80 || unit === 0) return longUtf8Length(text, i);
  }
  return length;
}

/** The same for a text whose first `asciiUnits` code units are known to be ASCII. */
function longUtf8Length(text: string, asciiUnits: number): number {
  let size = asciiUnits;
  for (let i = asciiUnits; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0) return -1;
    if (unit < 0x80) size += 1;
    else if (unit < 0x800) size += 2;
    else if (unit < 0xd800 || unit > 0xdfff) size += 3;
    else {
      const low = text.charCodeAt(++i); // NaN at the end, which fails the comparison
      if (unit > 0xdbff || !(low >= 0xdc00 && low <= 0xdfff)) return -1;
      size += 4;
    }
  }
  return size;
}

/**
 * Writes `text`, for which {@linkcode utf8Length} is not -1 and fits, from `position` on. Returns
 * the position behind it.
 */
export function writeUtf8(bytes: Uint8Array, position: number, text: string): number {
  const length = text.length;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return writeLongUtf8(bytes, position, text, i);
    bytes[position++] = unit;
  }
  return position;
}

function writeLongUtf8(bytes: Uint8Array, position: number, text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.codePointAt(i)!;
    if (code < 0x80) {
      bytes[position++] = code;
      continue;
    }
    if (code < 0x800) {
      bytes[position++] = 0xc0 | (code >> 6);
    } else {
      if (code < 0x10000) {
        bytes[position++] = 0xe0 | (code >> 12);
      } else {
        bytes[position++] = 0xf0 | (code >> 18);
        bytes[position++] = 0x80 | ((code >> 12) & 0x3f);
        i++;
      }
      bytes[position++] = 0x80 | ((code >> 6) & 0x3f);
    }
    bytes[position++] = 0x80 | (code & 0x3f);
  }
  return position;
}
