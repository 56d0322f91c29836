import { levelEnd } from "./levels.ts";

/** What a {@linkcode LevelTree} holds. */
export interface Leaf {
  /** The topic or topic filter that is its place in the tree. */
  readonly path: string;
}

/** What hangs at a level of a branch: a leaf that has the rest for itself, or several that go on. */
export type Place<L extends Leaf> = Branch<L> | L;

/** Stands for the level after the last one. */
export const END = undefined;
/** A level as text, or {@linkcode END}. */
export type Level = string | typeof END;

/**
 * Topics or topic filters as a tree of their levels. A leaf hangs at the first place that it has
 * for itself, with the rest of its path unexpanded: a million filters `a/<n>/+` are one branch with
 * a million leaves, not a million chains. Where a second one comes the same way, a branch grows;
 * when that leaves, the branch folds up again. So the shape depends on what is held, not on the
 * history: every branch but the root has at least two leaves below it.
 *
 * Recursion and loops are as deep as the deepest path, which `TOPIC_LEVELS_MAX` bounds.
 */
export class LevelTree<L extends Leaf> {
  readonly root: Branch<L> = new Branch<L>(0);
  #branchCount = 0;
  #leafCount = 0;

  get leafCount(): number {
    return this.#leafCount;
  }

  /** Leaves, and the branches that they need beside the root: 0 when empty. */
  get nodeCount(): number {
    return this.#branchCount + this.#leafCount;
  }

  get(path: string): L | undefined {
    let place: Place<L> | undefined = this.root;
    while (place instanceof Branch) place = place.get(levelAt(path, place.start));
    return place?.path === path ? place : undefined;
  }

  /** Adds a leaf whose path is not in the tree. */
  add(leaf: L): void {
    this.#leafCount++;
    for (let branch = this.root;;) {
      const level = levelAt(leaf.path, branch.start);
      const place = branch.get(level);
      if (place === undefined) {
        branch.set(level, leaf);
        return;
      }
      if (place instanceof Branch) {
        branch = place;
        continue;
      }
      // Both came the same way so far, so the rest of the other begins at the same character.
      const fork = new Branch<L>(branch.start + (level?.length ?? 0) + 1);
      this.#branchCount++;
      fork.set(levelAt(place.path, fork.start), place);
      branch.set(level, fork);
      branch = fork;
    }
  }

  /** Removes a leaf that is in the tree. */
  remove(leaf: L): void {
    this.#leafCount--;
    this.#removeBelow(this.root, leaf.path);
  }

  /** Returns what `branch` is to be replaced by: itself, or the one leaf that is left in it. */
  #removeBelow(branch: Branch<L>, path: string): Place<L> {
    const level = levelAt(path, branch.start);
    const place = branch.get(level);
    if (place instanceof Branch) {
      const rest = this.#removeBelow(place, path);
      if (rest === place) return branch;
      this.#branchCount--;
      branch.set(level, rest);
    } else {
      branch.set(level, undefined);
    }
    const only = branch.only();
    return only === undefined || only instanceof Branch ? branch : only;
  }
}

/** Where paths part. */
export class Branch<L extends Leaf> {
  /** Where the level at which they part begins; the same character in all of them. */
  readonly start: number;
  /** What ends here. */
  end: L | undefined;
  /** The filter that goes on with `#`, its last level. */
  multiLevel: L | undefined;
  /** What goes on with `+`. */
  singleLevel: Place<L> | undefined;
  /** What goes on with a level that is no wildcard. */
  literals: Map<string, Place<L>> | undefined;

  constructor(start: number) {
    this.start = start;
  }

  get(level: Level): Place<L> | undefined {
    switch (level) {
      case END:
        return this.end;
      case "#":
        return this.multiLevel;
      case "+":
        return this.singleLevel;
      default:
        return this.literals?.get(level);
    }
  }

  set(level: Level, place: Place<L> | undefined): void {
    switch (level) {
      case END:
        this.end = place as L | undefined; // nothing follows the last level, so never a branch
        break;
      case "#":
        this.multiLevel = place as L | undefined; // the same: `#` is the last level
        break;
      case "+":
        this.singleLevel = place;
        break;
      default:
        this.#setLiteral(level, place);
    }
  }

  /** The one thing that hangs here; undefined when there are more, or none. */
  only(): Place<L> | undefined {
    let count = this.literals?.size ?? 0;
    if (count > 1) return undefined;
    let only: Place<L> | undefined;
    for (const place of [this.end, this.multiLevel, this.singleLevel]) {
      if (place === undefined) continue;
      only = place;
      count++;
    }
    if (count !== 1) return undefined;
    return only ?? this.literals!.values().next().value;
  }

  #setLiteral(level: string, place: Place<L> | undefined): void {
    if (place !== undefined) {
      this.literals ??= new Map();
      this.literals.set(level, place);
    } else {
      this.literals?.delete(level);
      if (this.literals?.size === 0) this.literals = undefined;
    }
  }
}

function levelAt(path: string, start: number): Level {
  return start > path.length ? END : path.substring(start, levelEnd(path, start));
}
