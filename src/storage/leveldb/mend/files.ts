/** Changes to files that are on the disk when they have been made. */

/** A file with this behind its name is to replace the one without. */
export const TEMPORARY_SUFFIX = ".new";

/** Makes what was done to the entries of a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directories; it needs none of this either.
  if (Deno.build.os === "windows") return;
  using directory = await Deno.open(path);
  await directory.sync();
}

/**
 * Puts a file with `parts` in the place of whatever `path` was. A crash leaves the one or the other,
 * and a failure what was there.
 */
export async function replaceFile(
  path: string,
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const temporary = `${path}${TEMPORARY_SUFFIX}`;
  try {
    using file = await Deno.open(temporary, { write: true, create: true, truncate: true });
    for await (const part of parts) await writeAll(file, part);
    await file.sync();
  } catch (error) {
    await removeFile(temporary);
    throw error;
  }
  await Deno.rename(temporary, path);
  await syncDirectory(parentOf(path));
}

export async function writeAll(
  file: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  for (let left = bytes; left.length > 0;) left = left.subarray(await file.write(left));
}

/** Cuts a file off behind `length` bytes. */
export async function cutFile(path: string, length: number): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.truncate(length);
  await file.sync();
}

/** Removes a file and makes that durable; one that is not there is no error. */
export async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await syncDirectory(parentOf(path));
}

export async function copySynced(from: string, to: string): Promise<void> {
  await Deno.copyFile(from, to);
  using file = await Deno.open(to);
  await file.sync();
}

/** The directory that holds `path`. */
export function parentOf(path: string): string {
  const end = path.lastIndexOf("/");
  return end === -1 ? "." : path.slice(0, end) || "/";
}
