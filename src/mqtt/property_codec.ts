import { invariant } from "../base/invariant.ts";
import type { ByteSink } from "./byte_sink.ts";
import type { PacketReader } from "./packet_reader.ts";
import {
  binarySize,
  stringSize,
  variableByteIntegerSize,
  writeBinary,
  writeByte,
  writeString,
  writeUint16,
  writeUint32,
  writeVariableByteInteger,
} from "./packet_writer.ts";
import { NO_PROPERTIES } from "./properties.ts";
import {
  DataType,
  PROPERTIES,
  type PropertyDefinition,
  type PropertyPlace,
  type PropertyValue,
} from "./property_table.ts";
import { malformed, PacketError, protocolError } from "./reason_code.ts";

/** Any of the interfaces of `properties.ts`, as the table sees it. */
type PropertyFields = Record<string, PropertyValue | PropertyValue[] | undefined>;

/** What may stand in each place: by identifier for reading, in the order of the table for writing. */
const BY_IDENTIFIER: (PropertyDefinition | undefined)[][] = [];
const IN_ORDER: PropertyDefinition[][] = [];
for (let place = 0; place < 16; place++) {
  const definitions = PROPERTIES.filter((it) => (it.places as number[]).includes(place));
  const byIdentifier = new Array<PropertyDefinition | undefined>(0x80).fill(undefined);
  for (const definition of definitions) byIdentifier[definition.identifier] = definition;
  BY_IDENTIFIER.push(byIdentifier);
  IN_ORDER.push(definitions);
}

/**
 * Reads a Property Length and the properties behind it (section 2.2.2). `T` is the interface of
 * `properties.ts` that belongs to `place`.
 *
 * @throws PacketError also for properties that are misplaced, repeated or have an excluded value.
 */
export function decodeProperties<T extends object>(
  reader: PacketReader,
  place: PropertyPlace,
): Readonly<T> {
  const length = reader.readVariableByteInteger();
  if (length === 0) return NO_PROPERTIES as Readonly<T>;
  if (length > reader.remaining) throw malformed("properties go beyond their packet");
  const endOfPacket = reader.end;
  const end = reader.position + length;
  reader.end = end; // no property may reach beyond the Property Length
  const fields: PropertyFields = {};
  while (reader.position < end) decodeProperty(reader, place, fields);
  reader.end = endOfPacket;
  if (fields.authenticationData !== undefined && fields.authenticationMethod === undefined) {
    throw protocolError("Authentication Data without Authentication Method");
  }
  return fields as Readonly<T>;
}

function decodeProperty(reader: PacketReader, place: PropertyPlace, fields: PropertyFields): void {
  // Identifiers are Variable Byte Integers, but all that exist have one byte; a first byte of 0x80
  // or more finds nothing in the table, as it should.
  const identifier = reader.readByte();
  const definition = BY_IDENTIFIER[place]![identifier];
  if (definition === undefined) {
    // Section 2.2.2.2 calls both an unknown identifier and one that is not valid for its packet
    // type a Malformed Packet.
    throw malformed(`property ${identifier} does not belong here`);
  }
  if ((definition.senders & reader.sender) === 0) {
    throw protocolError(`property ${definition.name} from the wrong side`);
  }
  const value = decodeValue(reader, definition.type);
  if (!definition.allows(value)) {
    throw new PacketError(definition.refusal, `property ${definition.name} has an excluded value`);
  }
  const earlier = fields[definition.name];
  if (!definition.repeatable) {
    if (earlier !== undefined) throw protocolError(`property ${definition.name} is repeated`);
    fields[definition.name] = value;
  } else if (earlier === undefined) {
    fields[definition.name] = [value];
  } else {
    (earlier as PropertyValue[]).push(value);
  }
}

function decodeValue(reader: PacketReader, type: DataType): PropertyValue {
  switch (type) {
    case DataType.BYTE:
      return reader.readByte();
    case DataType.BOOLEAN: {
      const byte = reader.readByte();
      if (byte > 1) throw protocolError("a property that is either 0 or 1 is neither");
      return byte === 1;
    }
    case DataType.TWO_BYTE_INTEGER:
      return reader.readUint16();
    case DataType.FOUR_BYTE_INTEGER:
      return reader.readUint32();
    case DataType.VARIABLE_BYTE_INTEGER:
      return reader.readVariableByteInteger();
    case DataType.STRING:
      return reader.readString();
    case DataType.STRING_PAIR:
      return [reader.readString(), reader.readString()];
    case DataType.BINARY:
      return reader.readBinary();
  }
}

/** Bytes of the properties, without the Property Length in front of them. */
export function propertyLength(properties: object, place: PropertyPlace): number {
  if (properties === NO_PROPERTIES) return 0;
  const fields = properties as PropertyFields;
  let length = 0;
  for (const definition of IN_ORDER[place]!) {
    const value = fields[definition.name];
    if (value === undefined) continue;
    if (!definition.repeatable) {
      length += 1 + valueSize(definition, value as PropertyValue);
    } else {
      for (const each of value as PropertyValue[]) length += 1 + valueSize(definition, each);
    }
  }
  return length;
}

/** Bytes of the properties with the Property Length. */
export function propertiesSize(properties: object, place: PropertyPlace): number {
  const length = propertyLength(properties, place);
  return variableByteIntegerSize(length) + length;
}

/**
 * Writes the Property Length and the properties. The length is known afterwards: most of the time it
 * takes one byte, otherwise the properties move up, which is cheaper than to add it up once more.
 */
export function encodeProperties(sink: ByteSink, properties: object, place: PropertyPlace): void {
  const start = sink.position;
  writeByte(sink, 0);
  if (properties === NO_PROPERTIES) return;
  const fields = properties as PropertyFields;
  for (const definition of IN_ORDER[place]!) {
    const value = fields[definition.name];
    if (value === undefined) continue;
    if (!definition.repeatable) {
      encodeProperty(sink, definition, value as PropertyValue);
    } else {
      for (const each of value as PropertyValue[]) encodeProperty(sink, definition, each);
    }
  }
  const end = sink.position;
  const length = end - start - 1;
  const more = variableByteIntegerSize(length) - 1;
  if (more > 0) sink.bytes.copyWithin(start + 1 + more, start + 1, end);
  sink.position = start;
  writeVariableByteInteger(sink, length);
  sink.position = end + more;
}

function encodeProperty(
  sink: ByteSink,
  definition: PropertyDefinition,
  value: PropertyValue,
): void {
  writeByte(sink, definition.identifier);
  switch (definition.type) {
    case DataType.BYTE:
    case DataType.BOOLEAN:
      return writeByte(sink, Number(value));
    case DataType.TWO_BYTE_INTEGER:
      return writeUint16(sink, value as number);
    case DataType.FOUR_BYTE_INTEGER:
      return writeUint32(sink, value as number);
    case DataType.VARIABLE_BYTE_INTEGER:
      return writeVariableByteInteger(sink, value as number);
    case DataType.STRING:
      return writeString(sink, value as string);
    case DataType.STRING_PAIR: {
      const [name, text] = value as readonly [string, string];
      writeString(sink, name);
      return writeString(sink, text);
    }
    case DataType.BINARY:
      return writeBinary(sink, value as Uint8Array);
  }
}

/** Bytes of a value; finds out values that no packet may carry. */
function valueSize(definition: PropertyDefinition, value: PropertyValue): number {
  invariant(definition.allows(value), `property ${definition.name} has an excluded value`);
  switch (definition.type) {
    case DataType.BYTE:
    case DataType.BOOLEAN:
      return 1;
    case DataType.TWO_BYTE_INTEGER:
      requireInteger(definition, value, 0xffff);
      return 2;
    case DataType.FOUR_BYTE_INTEGER:
      requireInteger(definition, value, 0xffff_ffff);
      return 4;
    case DataType.VARIABLE_BYTE_INTEGER:
      requireInteger(definition, value, 0xffff_ffff);
      return variableByteIntegerSize(value as number);
    case DataType.STRING:
      return stringSize(value as string);
    case DataType.STRING_PAIR: {
      const [name, text] = value as readonly [string, string];
      return stringSize(name) + stringSize(text);
    }
    case DataType.BINARY:
      return binarySize(value as Uint8Array);
  }
}

function requireInteger(definition: PropertyDefinition, value: PropertyValue, max: number): void {
  const fits = Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max;
  invariant(fits, `property ${definition.name} is out of range`);
}
