/**
 * Makes what the broker serves as its console out of `admin-ui`. The same source gives the same
 * bytes: a test builds it again and compares.
 */
const ROOT = `${import.meta.dirname}/..`;

/** Where the broker takes the files from. */
export const ASSETS_FOLDER = `${ROOT}/src/admin/console/assets`;

/** Every file of the console, by its name. Rejects when the program cannot be bundled. */
export async function buildConsole(): Promise<Map<string, string>> {
  const text = (file: string) => Deno.readTextFile(`${import.meta.dirname}/${file}`);
  return new Map([
    ["console.js", await bundle()],
    ["console.css", await text("console.css")],
    ["icon.svg", await text("icon.svg")],
  ]);
}

async function bundle(): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=browser", "--minify", "admin-ui/main.ts"],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`the console cannot be bundled: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

if (import.meta.main) {
  await Deno.mkdir(ASSETS_FOLDER, { recursive: true });
  for (const [name, content] of await buildConsole()) {
    await Deno.writeTextFile(`${ASSETS_FOLDER}/${name}`, content);
  }
}
