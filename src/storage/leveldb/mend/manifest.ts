import { CURRENT, manifestName } from "../scan/directory.ts";
import { encodeVersion, type Version } from "../scan/version_edit.ts";
import { replaceFile } from "./files.ts";
import { LogWriter } from "./log_writer.ts";

/** Writes a new MANIFEST that says `version`, and makes it the one that counts. */
export async function writeManifest(directory: string, version: Version): Promise<void> {
  const number = version.nextFileNumber;
  const record = encodeVersion({ ...version, nextFileNumber: number + 1 });
  await replaceFile(`${directory}/${manifestName(number)}`, new LogWriter().record(record));
  await pointToManifest(directory, number);
}

/** Makes the MANIFEST with this number the one that counts. */
export async function pointToManifest(directory: string, number: number): Promise<void> {
  const text = new TextEncoder().encode(`${manifestName(number)}\n`);
  await replaceFile(`${directory}/${CURRENT}`, [text]);
}
