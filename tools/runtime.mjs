// Where the pinned Node lives once set-up has installed it. Plain JavaScript: older Nodes must run it.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const runtimeFloor = [24, 12];

/** The Node executable that runs our TypeScript: the pinned one, else this one when it is new enough. */
export function runtime() {
  const pinned = `${root}runtime/node_modules/node-${process.platform}-${process.arch}/bin/node`;
  if (existsSync(pinned)) return pinned;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [floorMajor, floorMinor] = runtimeFloor;
  if (major > floorMajor || (major === floorMajor && minor >= floorMinor)) return process.execPath;
  return undefined;
}
