// Locks without a native addon (docs/adr/0008-file-locks.md): the name of an abstract socket made of
// device and inode, which the kernel takes back with the process, and flock(2) taken by flock(1) on
// a descriptor it inherits, so that bbolt's own lock and ours see each other.
import { spawnSync } from "node:child_process";
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { platform } from "node:process";
import type { DiskLock } from "../disk.ts";
import { refusing } from "./node-error.ts";

type Flocked = "taken" | "refused" | "unavailable";

export function tryLockPath(path: string, mode: "exclusive" | "shared"): DiskLock | undefined {
  const descriptor = refusing("open", path, () => openSync(path, constants.O_RDONLY));
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  const socket = mode === "exclusive" ? bindName(`${dev}:${ino}`) : undefined;
  const free = mode === "shared" || socket !== undefined;
  const flocked = free ? flock(descriptor, mode) : "refused";
  if (flocked === "refused") {
    socket?.close();
    closeSync(descriptor);
    return undefined;
  }
  let held = true;
  return {
    release: () => {
      if (!held) return;
      held = false;
      socket?.close();
      closeSync(descriptor);
    },
  };
}

/** Undefined when the name is taken. `listening` tells at once: binding a local name is immediate. */
function bindName(identity: string): Server | undefined {
  const server = createServer((connection) => connection.destroy());
  server.on("error", () => {});
  // Elsewhere than on Linux there are no abstract names; flock(1) alone must do.
  if (platform !== "linux") return server;
  server.listen(`\0quorate-lock-${identity}`);
  if (!server.listening) return undefined;
  server.unref();
  return server;
}

/** A lock of flock(2) belongs to the open file, so it stays with us when the helper has ended. */
function flock(descriptor: number, mode: "exclusive" | "shared"): Flocked {
  const run = spawnSync("flock", ["-n", mode === "exclusive" ? "-x" : "-s", "3"], {
    stdio: ["ignore", "ignore", "ignore", descriptor],
    timeout: 5_000,
  });
  if (run.error !== undefined || run.status === null) return "unavailable";
  return run.status === 0 ? "taken" : run.status === 1 ? "refused" : "unavailable";
}
