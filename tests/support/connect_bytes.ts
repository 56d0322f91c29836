/** The fields of a CONNECT as they go on the wire, for packets that no encoder would make. */
export interface ConnectFields {
  protocolName?: string;
  protocolLevel?: number;
  /** Connect Flags. Default: Clean Start. */
  flags?: number;
  keepAlive?: number;
  /** Properties of 5.0 as hexadecimal, without their length. */
  properties?: string;
  /** What follows the variable header: text and bytes get a length in front, hexadecimal does not. */
  payload?: readonly (string | Uint8Array | { readonly hex: string })[];
}

/** Connect Flags (section 3.1.2.3). */
export const ConnectFlag = {
  RESERVED: 0x01,
  CLEAN_START: 0x02,
  WILL: 0x04,
  WILL_QOS_1: 0x08,
  WILL_QOS_2: 0x10,
  WILL_RETAIN: 0x20,
  PASSWORD: 0x40,
  USER_NAME: 0x80,
} as const;

/** A CONNECT with exactly these fields, right or wrong. */
export function connectBytes(version: 3 | 4 | 5, fields: ConnectFields = {}): Uint8Array {
  const properties = Uint8Array.fromHex(fields.properties ?? "");
  const { keepAlive = 0, payload = ["client"] } = fields;
  const body = [
    ...field(fields.protocolName ?? (version === 3 ? "MQIsdp" : "MQTT")),
    fields.protocolLevel ?? version,
    fields.flags ?? ConnectFlag.CLEAN_START,
    keepAlive >> 8,
    keepAlive & 0xff,
    ...(version === 5 ? [...variableByteInteger(properties.length), ...properties] : []),
    ...payload.flatMap(field),
  ];
  return new Uint8Array([0x10, ...variableByteInteger(body.length), ...body]);
}

function field(value: string | Uint8Array | { readonly hex: string }): number[] {
  if (typeof value === "object" && "hex" in value) return [...Uint8Array.fromHex(value.hex)];
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return [bytes.length >> 8, bytes.length & 0xff, ...bytes];
}

function variableByteInteger(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; bytes.length === 0 || left > 0; left >>= 7) {
    bytes.push(left > 0x7f ? left & 0x7f | 0x80 : left);
  }
  return bytes;
}
