import { choice } from "../values/plain.ts";

/** Where sessions, queues and retained messages are kept. */
export const storageKeys = {
  type: choice({
    about: "`memory` keeps everything in the process: it is gone when the broker stops.",
    words: ["memory"],
    default: "memory",
    refused: new Map([
      ["leveldb", "leveldb (storage on disk) is not supported yet in this version: use memory"],
      [
        "badger",
        "there is no badger store; storage on disk will be leveldb, which is not supported yet " +
        "in this version: use memory",
      ],
    ]),
  }),
};
