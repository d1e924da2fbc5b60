// npm test: everything CI runs. The Go peers are built meanwhile; comparisons with them come last.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fastStages, nodeTest, runStages, type Stage, testFiles } from "./stages.ts";

const setup = spawn(process.execPath, [join(import.meta.dirname, "setup.mjs"), "--peers"], {
  stdio: ["ignore", 2, 2],
});
const peersBuilt = new Promise<boolean>((resolve) => {
  setup.on("exit", (code) => resolve(code === 0));
  setup.on("error", () => resolve(false));
});

/** Folders of slow tests, each its own stage; their files run one at a time on two cores. */
const slowFolders = [
  "contracts",
  "fuzz",
  "peers",
  "integration",
  "raft",
  "bbolt",
  "conformance",
  "e2e",
  "sim",
];
const slowStages = slowFolders
  .map((folder): Stage => {
    const files = testFiles(`test/${folder}/**/*.test.ts`);
    return nodeTest(folder, files, "--test-concurrency=1", "--test-timeout=2700000");
  })
  .filter((stage) => stage.command.some((word) => word.endsWith(".test.ts")));

const fast = fastStages();
let failed = runStages(fast);
const built = await peersBuilt;
if (!built) console.log("FAIL building the Go peers");
failed += (built ? 0 : 1) + runStages(slowStages);
const total = fast.length + slowStages.length + 1;
console.log(`${total - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
