import assert from "#assert";
import { parentOf, removeFile } from "./files.ts";
import { TestFolder } from "./level_fixture.ts";

Deno.test("parentOf: is the directory of a path, also of one without a slash", () => {
  const paths = ["/a/b", "/a", "a/b", "./a", "name"];
  assert.deepEqual(paths.map(parentOf), ["/a", "/", "a", ".", "."]);
});

Deno.test("removeFile: a file that is not there is no error", async () => {
  await using folder = await TestFolder.make();
  await Deno.writeTextFile(`${folder.path}/file`, "");
  for (let time = 0; time < 2; time++) await removeFile(`${folder.path}/file`);
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
});
