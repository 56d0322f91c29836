import { generatedFiles } from "./docs.ts";

// Writes the files that follow from the schema. Run it after changing the schema.
if (import.meta.main) {
  for (const { path, text } of generatedFiles()) {
    await Deno.writeTextFile(new URL(`../../${path}`, import.meta.url), text);
    console.log(path);
  }
}
