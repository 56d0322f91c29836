import { ClassicLevel } from "classic-level";

/**
 * Flips a bit of the value under `key`, in a database that is not open. LevelDB's own checksums are
 * right afterwards: so a merge of tables leaves a bit that had flipped before.
 */
export async function damageValue(directory: string, key: Uint8Array): Promise<void> {
  const level = new ClassicLevel<Uint8Array, Uint8Array>(directory, {
    keyEncoding: "view",
    valueEncoding: "view",
    createIfMissing: false,
  });
  await level.open();
  try {
    const value = (await level.get(key))!.slice();
    value[value.length - 1]! ^= 1;
    await level.put(key, value);
  } finally {
    await level.close();
  }
}
