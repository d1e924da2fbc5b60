// node tools/run.mjs tools/bundle/main.ts: writes the program's bundle below .cache, if what is there
// is not of these sources, and starts it once so that the code compiled for a start is kept too.
import { existsSync } from "node:fs";
import { codePath, freshList, projectRoot } from "../../src/cli/etcd/start-bundle.ts";
import { rehearse } from "./rehearse.ts";
import { writeBundle } from "./write.ts";

const { script } = freshList(projectRoot) ?? writeBundle(projectRoot, "src/cli/etcd/commands.ts");
if (!existsSync(codePath(projectRoot, script))) await rehearse(projectRoot);
