// A suite of somebody else: how it is fetched, and how it is run beside a member or a cluster.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type CommandOptions, type Finished, run } from "../e2e/command.ts";
import { freePorts, type Kind, ServerProcess } from "../e2e/server-process.ts";
import { peersFolder, projectRoot } from "../peers/peers.ts";

/** What became of each test, by its name: `pass`, or else its own word for it. */
export type Outcomes = ReadonlyMap<string, string>;

export interface Suite {
  readonly language: "go" | "java" | "javascript" | "python" | "rust";
  /** The package and its version. */
  readonly name: string;
  /** Whether each outcome is a line it says, which is right when both say the same. */
  readonly isTranscript?: true;
  /** Tests that end differently for a choice of ours, with the choice (docs/compatibility.md). */
  readonly chosen?: ReadonlyMap<string, string>;
  /** Programs without which it cannot run. */
  readonly tools: readonly string[];
  /** Fetches the package with the language's own client into `folder`, and builds what there is. */
  readonly fetch: (folder: string) => Promise<void>;
  /** Runs it against a fresh server of a kind. */
  readonly run: (kind: Kind, folder: string) => Promise<Outcomes>;
}

const minutesMax = 30;
/** Where most suites expect etcd, and nowhere else. */
const fixedPort = 2379;

/** A folder beneath the cache that this suite has for itself. */
export function folderOf(suite: Suite): string {
  const folder = join(projectRoot, ".cache/clients", suite.name.replaceAll(/[^\w.-]+/g, "-"));
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Runs a program of a suite, with our `etcdctl` and its kind in its path. */
export function program(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Finished> {
  const path = `${peersFolder()}:${process.env["PATH"] ?? ""}`;
  return run(file, args, {
    patienceMilliseconds: minutesMax * 60_000,
    ...options,
    environment: { PATH: path, ...options.environment },
  });
}

/** As `program`, for one that must succeed. */
export async function done(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await program(file, args, options);
  if (code === 0) return stdout;
  const end = `${stdout}${stderr}`.slice(-3000);
  throw new Error(`${file} ${args.join(" ")} ended with ${code}:\n${end}`);
}

/** A fresh member on etcd's own port, or on another that a suite expects. */
export async function memberAtFixedPort(
  kind: Kind,
  { flags = [], port = fixedPort }: { flags?: readonly string[]; port?: number } = {},
): Promise<ServerProcess> {
  const [peerPort = 0] = await freePorts(1);
  const initialCluster = `default=http://127.0.0.1:${peerPort}`;
  const place = { name: "default", ports: [port, peerPort] as const, initialCluster };
  return ServerProcess.start({ kind, flags, place });
}

/** Verdicts of a text, by a pattern whose groups are `name` and `word`; `passes` are words for a pass. */
export function outcomes(text: string, pattern: RegExp, passes: readonly string[]): Outcomes {
  const found = new Map<string, string>();
  for (const { groups } of text.matchAll(pattern)) {
    const { name = "", word = "" } = groups ?? {};
    found.set(name.trim(), passes.includes(word) ? "pass" : word.toLowerCase());
  }
  if (found.size === 0) throw new Error(`no test has an outcome:\n${text.slice(-3000)}`);
  return found;
}
