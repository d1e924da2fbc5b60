// What we answer when asked who we are.
import { readFileSync } from "node:fs";

/** The etcd release whose behaviour this is. */
export const etcdVersion = "3.7.3";
/** Oldest cluster version we work in. */
export const minimumClusterVersion = "3.0.0";
/** Cluster and storage version of a cluster of this minor. */
export const etcdMinorVersion = "3.7.0";

/** Quorate's own release. */
export function quorateVersion(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** etcd's names for the machine. */
export const goArch = process.arch === "x64" ? "amd64" : process.arch;
export const goOs = process.platform;
export const goVersion = `none (Quorate ${quorateVersion()} on Node ${process.version})`;
export const gitSha = "Not provided (use ./build instead of go build)";

/** The four lines of `etcd --version`. */
export const versionText = (): string =>
  [
    `etcd Version: ${etcdVersion}`,
    `Git SHA: ${gitSha}`,
    `Go Version: ${goVersion}`,
    `Go OS/Arch: ${goOs}/${goArch}`,
    "",
  ].join("\n");
