/**
 * The one schema of the configuration. Types, validation, defaults, the documentation, the JSON
 * Schema for editors and the commented example all come from it; nothing else restates a default.
 */
import * as z from "zod";
import { adminKeys } from "./sections/admin.ts";
import { authKeys } from "./sections/auth.ts";
import { brokerKeys } from "./sections/broker.ts";
import { logKeys } from "./sections/log.ts";
import { serverKeys } from "./sections/server.ts";
import { sessionKeys } from "./sections/session.ts";
import { leveldbKeys, storageKeys } from "./sections/storage.ts";

/** A section, in the order of the documentation; one within another comes after it. */
export interface Section {
  /** Its path: `storage`, `storage.leveldb`. */
  readonly name: string;
  /** One line on what the section is for. */
  readonly about: string;
  readonly keys: Readonly<Record<string, z.ZodType>>;
}

export const sections: readonly Section[] = [
  { name: "server", about: "Listeners, their time-outs and limits.", keys: serverKeys },
  { name: "broker", about: "What the broker offers to clients.", keys: brokerKeys },
  { name: "session", about: "What is kept for each client.", keys: sessionKeys },
  { name: "auth", about: "Who may connect.", keys: authKeys },
  { name: "admin", about: "Console and API for who runs the broker.", keys: adminKeys },
  { name: "storage", about: "Where sessions and messages are kept.", keys: storageKeys },
  { name: "storage.leveldb", about: "Storage on disk.", keys: leveldbKeys },
  { name: "log", about: "The log, on standard error.", keys: logKeys },
];

export const configSchema = z.strictObject({
  server: section(serverKeys),
  broker: section(brokerKeys),
  session: section(sessionKeys),
  auth: section(authKeys),
  admin: section(adminKeys),
  storage: section({ ...storageKeys, leveldb: section(leveldbKeys) }),
  log: section(logKeys),
});

/** A configuration as it is written: every key may be left out. */
export type ConfigInput = z.input<typeof configSchema>;

/** A configuration as it was read: complete, values parsed, keys still as in YAML. */
export type ConfigTree = z.output<typeof configSchema>;

function section<Keys extends Record<string, z.ZodType>>(keys: Keys) {
  return z.strictObject(keys, { error: "expected a mapping of keys to values" })
    .prefault({} as never);
}

/** The path of every section. */
export const sectionPaths: ReadonlySet<string> = new Set(sections.map(({ name }) => name));

/** Every key of the configuration by its path, in the order of the documentation. */
export const keyPaths: ReadonlyMap<string, z.ZodType> = new Map(
  sections.flatMap(({ name, keys }) =>
    Object.entries(keys).map(([key, schema]) => [`${name}.${key}`, schema] as const)
  ),
);
