// Starts a member once in a directory of its own, so that the code compiled for a start is kept.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const patienceMs = 60_000;

/** Comes back when the member has ended; that it could not start is for its next start to say. */
export async function rehearse(root: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "quorate-rehearsal-"));
  const sockets = ["client", "peer"].map((name) => `unix://${join(directory, name)}`);
  const [client = "", peer = ""] = sockets;
  const flags = [
    `--data-dir=${join(directory, "data")}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ];
  const member = spawn(join(root, "bin/etcd"), flags, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, QUORATE_REHEARSAL: "1" },
  });
  const patience = setTimeout(() => member.kill("SIGKILL"), patienceMs);
  let log = "";
  member.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
    if (log.includes("ready to serve client requests")) member.kill("SIGTERM");
  });
  await new Promise<void>((resolve) => {
    member.once("close", () => resolve());
    member.once("error", () => resolve());
  });
  clearTimeout(patience);
  rmSync(directory, { recursive: true, force: true });
}
