// The program in one script with its compiled code, as tools/bundle writes them below .cache: loading
// five hundred modules is four fifths of a start. It is a cache and never more: it is used only while
// every source it was made of is as it was, and without it the sources run as they stand.
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { crc32 } from "node:zlib";

/** A file the script was made of, from the project's root. */
type Source = readonly [path: string, sizeBytes: number, mtimeMs: number, checksum: number];

/** What stands in the list beside the script. */
export interface BundleList {
  /** The script's file name; its compiled code is beside it, with `.code` behind the name. */
  readonly script: string;
  readonly checksum: number;
  readonly sources: readonly Source[];
}

export const projectRoot = fileURLToPath(new URL("../../../", import.meta.url));
export const bundleDirectory = (root: string): string => `${root}.cache/start/`;
export const bundleListPath = (root: string): string => `${bundleDirectory(root)}list.json`;
export const codePath = (root: string, script: string): string =>
  `${bundleDirectory(root)}${script}.code`;
const checksumBytes = 4;

/** The list of a bundle made of these very sources; undefined when there is none. */
export function freshList(root: string): BundleList | undefined {
  const text = readIfThere(bundleListPath(root))?.toString("latin1");
  if (text === undefined) return undefined;
  try {
    const list = JSON.parse(text) as BundleList;
    return list.sources.every((source) => isUnchanged(root, source)) ? list : undefined;
  } catch {
    return undefined;
  }
}

/** What the bundled entry exports; undefined when that is to be had from the sources alone. */
export function bundled<Entry>(root: string = projectRoot): Entry | undefined {
  if (process.env["QUORATE_UNBUNDLED"] !== undefined) return undefined;
  const list = freshList(root);
  if (list === undefined) return undefined;
  const filename = bundleDirectory(root) + list.script;
  const text = readIfThere(filename);
  if (text === undefined || crc32(text) !== list.checksum) return undefined;
  const code = codePath(root, list.script);
  // Code of another Node or of other flags is refused by V8, which then compiles by need.
  const script = new Script(text.toString("latin1"), { filename, cachedData: readCode(code) });
  if (process.env["QUORATE_REHEARSAL"] !== undefined) {
    process.once("SIGTERM", () => writeCode(code, script.createCachedData()));
  }
  const run = script.runInThisContext() as (...given: unknown[]) => Entry;
  return run(createRequire(filename), bundleDirectory(root), filename);
}

/** Copied and unpacked files have other times; what is in them decides then. */
function isUnchanged(root: string, [path, sizeBytes, mtimeMs, checksum]: Source): boolean {
  const stat = statSync(root + path, { throwIfNoEntry: false });
  if (stat?.size !== sizeBytes) return false;
  return stat.mtimeMs === mtimeMs || crc32(readFileSync(root + path)) === checksum;
}

/** V8 looks at the head of its code alone; a torn file must not reach it. */
function readCode(path: string): Buffer | undefined {
  const bytes = readIfThere(path);
  if (bytes === undefined || bytes.length < checksumBytes) return undefined;
  const code = bytes.subarray(checksumBytes);
  return crc32(code) === bytes.readUInt32LE(0) ? code : undefined;
}

function writeCode(path: string, code: Buffer): void {
  const checksum = Buffer.alloc(checksumBytes);
  checksum.writeUInt32LE(crc32(code));
  putFile(path, Buffer.concat([checksum, code]));
}

/** Whole or not at all, whoever else writes it at the same time. */
export function putFile(path: string, content: string | Buffer): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
