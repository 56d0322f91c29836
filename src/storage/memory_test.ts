import { MemoryStore } from "./memory.ts";
import { storeConformance, withoutDisk } from "./store_conformance.ts";

const NO_DISK = { skipped: "keeps nothing beyond its process and writes to no disk" };

storeConformance("MemoryStore", {
  ...withoutDisk(() => new MemoryStore()),
  reopen: NO_DISK,
  crash: NO_DISK,
  tear: NO_DISK,
  fillDisk: NO_DISK,
});
