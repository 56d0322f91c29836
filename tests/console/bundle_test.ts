import assert from "#assert";
import { ASSETS_FOLDER, buildConsole } from "../../admin-ui/build.ts";

Deno.test("the console that is served is the one that its source gives", async () => {
  const built = await buildConsole();
  const served = [...Deno.readDirSync(ASSETS_FOLDER)].map(({ name }) => name);
  assert.deepEqual(served.toSorted(), [...built.keys()].toSorted());
  for (const [name, content] of built) {
    const same = await Deno.readTextFile(`${ASSETS_FOLDER}/${name}`) === content;
    assert.ok(same, `${name} is not up to date: run deno task console`);
  }
});
