/** A line of the source, broken: the tests of the statement must notice. */
export interface Mutation {
  /** Of the statement whose tests must fail, as `MQTT-3.1.2-3`. */
  readonly id: string;
  /** Relative to the repository. */
  readonly file: string;
  /** Text within one line, which occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** `source` with the mutation. Throws when the text to find is not there exactly once. */
export function mutate(source: string, { file, find, replace }: Mutation): string {
  if (/\n/.test(find + replace)) throw new Error(`A mutation of ${file} has more than one line`);
  if (find === replace) throw new Error(`A mutation of ${file} changes nothing: ${find}`);
  const occurrences = source.split(find).length - 1;
  if (occurrences !== 1) {
    throw new Error(`Found ${occurrences} times in ${file}, not once: ${find}`);
  }
  return source.replace(find, () => replace);
}
