import { invariant } from "../../base/invariant.ts";
import { slabCopy } from "../../base/slab.ts";
import type { ByteSink } from "../../mqtt/byte_sink.ts";
import { PacketReader } from "../../mqtt/packet_reader.ts";
import { writeByte, writeBytes, writeString } from "../../mqtt/packet_writer.ts";
import { stringSize } from "../../mqtt/packet_writer.ts";
import { encodeProperties, propertiesSize } from "../../mqtt/property_codec.ts";
import type { PropertyPlace } from "../../mqtt/property_table.ts";
import { malformed } from "../../mqtt/reason_code.ts";
import { Sender } from "../../mqtt/sender.ts";

/** Room that a writer keeps between records. */
const SCRATCH_BYTES = 4096;

/** The most bytes of a number. */
const NUMBER_BYTES_MAX = 8;

const float = new DataView(new ArrayBuffer(8));
const floatBytes = new Uint8Array(float.buffer);

/** Writes the fields of one record after another into memory of its own. */
export class RecordWriter implements ByteSink {
  bytes = new Uint8Array(SCRATCH_BYTES);
  position = 0;

  reserve(size: number): void {
    if (this.position + size <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.position + size));
    larger.set(this.bytes.subarray(0, this.position));
    this.bytes = larger;
  }

  /** What was written, as a copy for a short time ({@linkcode slabCopy}); the writer is empty again. */
  finish(): Uint8Array {
    const record = slabCopy(this.bytes.subarray(0, this.position));
    this.position = 0;
    if (this.bytes.length > SCRATCH_BYTES) this.bytes = new Uint8Array(SCRATCH_BYTES);
    return record;
  }

  byte(value: number): void {
    this.reserve(1);
    writeByte(this, value);
  }

  /** A whole number from 0 to 2^53 - 1, in as few bytes as it takes: seven bits in each. */
  number(value: number): void {
    invariant(Number.isSafeInteger(value) && value >= 0, "a stored number is not a whole one");
    this.reserve(NUMBER_BYTES_MAX);
    let rest = value;
    while (rest >= 0x80) {
      writeByte(this, rest % 0x80 | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    writeByte(this, rest);
  }

  /** Any number: times have fractions. */
  float(value: number): void {
    float.setFloat64(0, value);
    this.rest(floatBytes);
  }

  string(text: string): void {
    this.reserve(stringSize(text));
    writeString(this, text);
  }

  properties(properties: object, place: PropertyPlace): void {
    this.reserve(propertiesSize(properties, place));
    encodeProperties(this, properties, place);
  }

  /** The last field: its end is the end of the record. */
  rest(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    writeBytes(this, bytes);
  }
}

/** Reads what {@linkcode RecordWriter} wrote. Every read past the end throws `PacketError`. */
export class RecordReader extends PacketReader {
  constructor() {
    super(Sender.CLIENT);
  }

  readNumber(): number {
    let value = 0;
    let unit = 1;
    for (let count = 0; count < NUMBER_BYTES_MAX; count++) {
      const byte = this.readByte();
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
      unit *= 0x80;
    }
    throw malformed("a stored number has too many bytes");
  }

  readFloat(): number {
    for (let index = 0; index < 8; index++) floatBytes[index] = this.readByte();
    return float.getFloat64(0);
  }
}
