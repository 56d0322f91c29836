/** The files of a LevelDB directory by what they are. */
export interface DatabaseFiles {
  readonly hasCurrent: boolean;
  /** Numbers, ascending, of `MANIFEST-000005` … */
  readonly manifests: readonly number[];
  /** Numbers, ascending, of `000004.log` … */
  readonly logs: readonly number[];
  /** File names of `000007.ldb` (or, of old, `.sst`) by their numbers. */
  readonly tables: ReadonlyMap<number, string>;
}

export const CURRENT = "CURRENT";

export function logName(number: number): string {
  return `${digits(number)}.log`;
}

export function tableName(number: number): string {
  return `${digits(number)}.ldb`;
}

export function manifestName(number: number): string {
  return `MANIFEST-${digits(number)}`;
}

function digits(number: number): string {
  return String(number).padStart(6, "0");
}

/** Looks through `directory`; undefined when there is none. */
export async function listDatabase(directory: string): Promise<DatabaseFiles | undefined> {
  let hasCurrent = false;
  const manifests: number[] = [];
  const logs: number[] = [];
  const tables = new Map<number, string>();
  try {
    for await (const { name, isFile } of Deno.readDir(directory)) {
      if (!isFile) continue;
      if (name === CURRENT) hasCurrent = true;
      const manifest = manifestNumber(name);
      if (manifest !== undefined) manifests.push(manifest);
      const [, number, suffix] = /^(\d+)\.(log|ldb|sst)$/.exec(name) ?? [];
      if (suffix === "log") logs.push(Number(number));
      else if (suffix !== undefined) tables.set(Number(number), name);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const ascending = (a: number, b: number) => a - b;
  return { hasCurrent, manifests: manifests.sort(ascending), logs: logs.sort(ascending), tables };
}

/** Whether there is anything under this name. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The number in the name of a MANIFEST. */
export function manifestNumber(name: string): number | undefined {
  const number = /^MANIFEST-(\d+)$/.exec(name)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Whether these files can hold any data: LevelDB has got further than to create the database. */
export function holdsData({ logs, tables }: DatabaseFiles): boolean {
  return logs.length > 0 || tables.size > 0;
}
