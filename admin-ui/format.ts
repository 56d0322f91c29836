/** Figures and times as people read them. */

const whole = new Intl.NumberFormat("en");
const rough = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

export function count(value: number): string {
  return Number.isInteger(value) ? whole.format(value) : rough.format(value);
}

export function rate(perSecond: number): string {
  return `${rough.format(perSecond)}/s`;
}

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

export function bytes(value: number): string {
  let unit = 0;
  let scaled = value;
  while (scaled >= 1024 && unit < BYTE_UNITS.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return `${rough.format(scaled)} ${BYTE_UNITS[unit]}`;
}

/** Seconds, by the two largest units. */
export function duration(seconds: number): string {
  const units: readonly [number, string][] = [[86_400, "d"], [3_600, "h"], [60, "m"], [1, "s"]];
  const parts: string[] = [];
  let rest = Math.max(0, Math.round(seconds));
  for (const [size, name] of units) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0 && parts.length < 2) parts.push(`${amount} ${name}`);
  }
  return parts.length === 0 ? "0 s" : parts.join(" ");
}

/** `time`: ISO 8601. */
export function ago(time: string): string {
  const seconds = (Date.now() - Date.parse(time)) / 1_000;
  return seconds < 1 ? "just now" : `${duration(seconds).split(" ").slice(0, 2).join(" ")} ago`;
}

export function clockTime(time: string): string {
  return new Date(time).toLocaleString("sv");
}
