import { choice, directory } from "../values/plain.ts";
import { durationMs, sizeBytes } from "../values/quantities.ts";

const GIB = 2 ** 30;

/** Where sessions, queues and retained messages are kept. */
export const storageKeys = {
  type: choice({
    about:
      "`leveldb` keeps everything on disk: it survives a restart and a crash. `memory` keeps " +
      "everything in the process: it is gone when the broker stops.",
    words: ["leveldb", "memory"],
    default: "leveldb",
    refused: new Map([["badger", "there is no badger store: use leveldb"]]),
  }),
  sync: choice({
    about: "When a message counts as stored and is acknowledged. `always`: when it was synced to " +
      "the disk, so nothing that was acknowledged is ever lost. `interval`: at once, and the disk " +
      "is synced every `sync_interval`; a power failure or a crash of the machine loses what was " +
      "acknowledged in that time. `never`: at once, and the operating system writes it when it " +
      "likes; a power failure loses up to about 30 seconds. A crash of the broker alone loses " +
      "nothing in any of them.",
    words: ["always", "interval", "never"],
    default: "always",
  }),
  sync_interval: durationMs({
    about:
      "How often the disk is synced with `sync: interval`: the longest time whose messages a " +
      "power failure can take.",
    default: "100ms",
    min: 10,
    max: 60_000,
  }),
};

/** Storage on disk. */
export const leveldbKeys = {
  dir: directory({
    about: "The directory of the database, made when it is missing; relative to where the broker " +
      "is started. Only one broker can use it at a time.",
    default: "./data",
  }),
  check_on_start: sizeBytes({
    about:
      "How much of the stored data is checked before the broker starts, the newest first, at " +
      "about half a gigabyte a second: damage that nobody looks for can hide what is stored. `0` " +
      "checks only what leads to the data. The newest writes are always checked.",
    default: "1GiB",
    min: 0,
    max: 1024 * GIB,
  }),
};
