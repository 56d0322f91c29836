/** A file system of its own, small enough to be filled: a tmpfs. Mounting needs root. */

export class SmallDisk implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async mount(bytes: number): Promise<SmallDisk> {
    const path = await Deno.makeTempDir({ prefix: "tidemq-small-disk-" });
    await run("mount", "-t", "tmpfs", "-o", `size=${bytes},mode=0700`, "tmpfs", path);
    return new SmallDisk(path);
  }

  /** Leaves no byte free. */
  fill(): Promise<void> {
    return this.leave(0);
  }

  /** Leaves about that many bytes free. */
  async leave(bytes: number): Promise<void> {
    await this.#takeAll();
    const { size } = await Deno.stat(this.#filler);
    await Deno.truncate(this.#filler, Math.max(0, size - bytes));
  }

  async #takeAll(): Promise<void> {
    using file = await Deno.open(this.#filler, { write: true, create: true, append: true });
    // A page at a time, so that not even a part of one is left.
    const page = new Uint8Array(4096);
    try {
      for (;;) await file.write(page);
    } catch (error) {
      if (!/no space left/i.test(String(error))) throw error;
    }
  }

  remount(mode: "ro" | "rw"): Promise<void> {
    return run("mount", "-o", `remount,${mode}`, this.path);
  }

  /** Takes back what {@linkcode leave} has taken. */
  async makeSpace(): Promise<void> {
    await Deno.remove(this.#filler);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("umount", this.path);
    await Deno.remove(this.path);
  }

  get #filler(): string {
    return `${this.path}/filler`;
  }
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(`${command} failed: ${new TextDecoder().decode(stderr)}`);
}
