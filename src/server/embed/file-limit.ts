// How many connections the open files of this process allow (embed/etcd.go: 150 are kept for itself).
import { readFileSync } from "node:fs";
import type { Log } from "../../io/host/index.ts";

const reservedFiles = 150;

/** Connections of one client listener. Throws when the process may open too few files to work. */
export function connectionsMax(log: Log): number {
  const limit = openFilesMax();
  if (limit > reservedFiles) return limit - reservedFiles;
  log.fatal("file descriptor limit of etcd process is too low; please set higher", {
    limit,
    "recommended-limit": reservedFiles,
  });
  throw new Error(`file descriptor limit ${limit} is too low`);
}

/** The soft limit; Infinity where nobody tells. */
function openFilesMax(): number {
  try {
    const text = readFileSync("/proc/self/limits", "utf8");
    const limit = /^Max open files\s+(\d+)/m.exec(text)?.[1];
    return limit === undefined ? Infinity : Number(limit);
  } catch {
    return Infinity;
  }
}
