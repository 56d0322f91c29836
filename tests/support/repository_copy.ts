import { repositoryFiles } from "../runner/files.ts";

const ROOT = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

/** The files of the repository in a folder of their own, as a clone has them: nothing is cached. */
export class RepositoryCopy implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<RepositoryCopy> {
    const folder = await Deno.makeTempDir();
    for (const file of await repositoryFiles(ROOT)) {
      const target = `${folder}/${file}`;
      await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
      await Deno.copyFile(`${ROOT}/${file}`, target);
    }
    return new RepositoryCopy(folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}
