// Where the Go programs are that we are compared with. `node tools/setup.mjs --peers` builds them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder, with a slash at its end. */
export const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

/** The folder of the peers: `QUORATE_PEERS` when set, else `.cache/peers` of the project. */
export function peersFolder(): string {
  return process.env["QUORATE_PEERS"] ?? join(projectRoot, ".cache/peers");
}

/** Absolute path of one peer program. Throws, with the command that helps, when it is not built. */
export function peer(name: string): string {
  const path = join(peersFolder(), name);
  if (existsSync(path)) return path;
  throw new Error(`${name} is not built: run \`node tools/setup.mjs --peers\` first`);
}
