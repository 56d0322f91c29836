import { levelEnd } from "./levels.ts";

/** What a {@linkcode TopicTree} holds. */
export interface Leaf {
  readonly topic: string;
}

/** What hangs at a level of a branch: a leaf that has the rest for itself, or where several go on. */
export type Place<L extends Leaf> = Branch<L> | L;

/**
 * Topics as a tree of their levels. A leaf hangs at the first place that it has for itself, with
 * the rest of its topic unexpanded: a million topics `a/<n>/b` are one branch with a million
 * leaves, not a million chains. Where a second one comes the same way a branch grows; when that
 * leaves, the branch folds up again. So the shape depends on what is held and not on the history:
 * every branch but the root has at least two leaves below it.
 *
 * Recursion and loops are as deep as the deepest topic, which `TOPIC_LEVELS_MAX` bounds.
 */
export class TopicTree<L extends Leaf> {
  readonly root: Branch<L> = new Branch<L>(0);
  #branchCount = 0;
  #leafCount = 0;

  /** Leaves, and the branches that they need beside the root: 0 when empty. */
  get nodeCount(): number {
    return this.#branchCount + this.#leafCount;
  }

  /** Adds a leaf whose topic is not in the tree. */
  add(leaf: L): void {
    this.#leafCount++;
    for (let branch = this.root;;) {
      const end = levelEnd(leaf.topic, branch.start);
      const place = branch.get(leaf.topic, end);
      if (place === undefined) {
        branch.set(leaf.topic, end, leaf);
        return;
      }
      if (place instanceof Branch) {
        branch = place;
        continue;
      }
      // Both came the same way so far, so the rest of the other begins at the same character.
      const fork = new Branch<L>(end + 1);
      this.#branchCount++;
      fork.set(place.topic, levelEnd(place.topic, fork.start), place);
      branch.set(leaf.topic, end, fork);
      branch = fork;
    }
  }

  /** Removes a leaf that is in the tree. */
  remove(leaf: L): void {
    this.#leafCount--;
    this.#removeBelow(this.root, leaf.topic);
  }

  /** Returns what `branch` is to be replaced by: itself, or the one leaf that is left in it. */
  #removeBelow(branch: Branch<L>, topic: string): Place<L> {
    const end = levelEnd(topic, branch.start);
    const place = branch.get(topic, end);
    if (place instanceof Branch) {
      const rest = this.#removeBelow(place, topic);
      if (rest === place) return branch;
      this.#branchCount--;
      branch.set(topic, end, rest);
    } else {
      branch.delete(topic, end);
    }
    const only = branch.only();
    return only === undefined || only instanceof Branch ? branch : only;
  }
}

/**
 * The level from `start` to `end` as a key: with the slash in front of it, except for the first one.
 * V8 hashes a string of digits by its value, so that a million levels like `1000017` lie in clusters
 * in its table of strings, and each look-up takes a hundred times as long.
 */
export function levelKey(topic: string, start: number, end: number): string {
  return topic.substring(start - 1, end);
}

/** Where topics part. */
export class Branch<L extends Leaf> {
  /** Where the level at which they part begins: the same character in all of them. */
  readonly start: number;
  /** The topic that ends before this level. */
  end: L | undefined;
  children: Map<string, Place<L>> | undefined;

  constructor(start: number) {
    this.start = start;
  }

  /** What hangs here for a topic whose level at this branch ends at `end`. */
  get(topic: string, end: number): Place<L> | undefined {
    return this.start > topic.length
      ? this.end
      : this.children?.get(levelKey(topic, this.start, end));
  }

  set(topic: string, end: number, place: Place<L>): void {
    if (this.start > topic.length) {
      this.end = place as L; // nothing follows the last level, so it is no branch
    } else {
      this.children ??= new Map();
      this.children.set(levelKey(topic, this.start, end), place);
    }
  }

  delete(topic: string, end: number): void {
    if (this.start > topic.length) this.end = undefined;
    else this.children?.delete(levelKey(topic, this.start, end));
  }

  /** The one thing that hangs here; undefined when there are more, or none. */
  only(): Place<L> | undefined {
    const size = this.children?.size ?? 0;
    if (size === 0) return this.end;
    if (size === 1 && this.end === undefined) return this.children!.values().next().value;
    return undefined;
  }
}
