// The thread that hashes and compares. It calls the library's synchronous functions: its asynchronous
// ones would run on libuv's threads, which the disk needs.
import { parentPort, workerData } from "node:worker_threads";
import { hashSync, verifySync } from "@node-rs/bcrypt";
import { nobodysHash, type PasswordAnswer, type PasswordTask } from "./password-task.ts";

const cost = workerData as number;
const nobody = nobodysHash(cost);
const bcryptShape = /^\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}$/;

function answer(task: PasswordTask): PasswordAnswer {
  const password = Buffer.from(task.password, "utf8");
  try {
    if (task.kind === "hash") {
      const hash = hashSync(password, { cost, version: "2a" });
      return { id: task.id, hash: Buffer.from(hash, "latin1") };
    }
    const hash = task.hash === undefined ? "" : Buffer.from(task.hash).toString("latin1");
    const isReal = bcryptShape.test(hash);
    const matches = verifySync(password, isReal ? hash : nobody);
    return { id: task.id, matches: matches && isReal };
  } catch (error) {
    return { id: task.id, failure: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on("message", (task: PasswordTask) => parentPort?.postMessage(answer(task)));
