// node tools/run.mjs FILE [ARGS…]: runs a TypeScript file of this project on the pinned Node.
import { spawn } from "node:child_process";
import { runtime } from "./runtime.mjs";

const node = runtime();
if (node === undefined) {
  console.error(
    "no Node that runs TypeScript is installed here: run `npm test` or `npm start` once",
  );
  process.exit(1);
}
const child = spawn(node, process.argv.slice(2), { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
