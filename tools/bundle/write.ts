// Writes the bundle of an entry where bin/etcd looks for it.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { crc32 } from "node:zlib";
import {
  bundleDirectory,
  type BundleList,
  bundleListPath,
  putFile,
} from "../../src/cli/etcd/start-bundle.ts";
import { bundle } from "./bundle.ts";

/** Bundles `entry` (a path from `root`, which ends in a slash) and removes bundles of other sources. */
export function writeBundle(root: string, entry: string): BundleList {
  const { code, sources } = bundle(root, entry);
  const script = `etcd-${createHash("sha256").update(code).digest("hex").slice(0, 16)}.cjs`;
  const list: BundleList = {
    script,
    checksum: crc32(code),
    sources: sources.map((path) => {
      const { size, mtimeMs } = statSync(root + path);
      return [path, size, mtimeMs, crc32(readFileSync(root + path))];
    }),
  };
  const directory = bundleDirectory(root);
  mkdirSync(directory, { recursive: true });
  putFile(directory + script, code);
  putFile(bundleListPath(root), JSON.stringify(list));
  for (const other of readdirSync(directory)) {
    const isOld = other.startsWith("etcd-") && !other.startsWith(script);
    if (isOld) rmSync(directory + other, { force: true });
  }
  return list;
}
