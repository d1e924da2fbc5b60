// The integration tests of etcd's own client (go.etcd.io/etcd/tests/v3, integration/clientv3), which make
// their servers in their own process: the package that does so is exchanged for ours (`integration/`), which
// starts processes of any executable. Tests of learners, partitions and failpoints are left out by it.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { executable, type Kind } from "../e2e/server-process.ts";
import { done, type Outcomes, program, type Suite } from "./suite.ts";

const version = "v3.7.3";
const testsModule = "go.etcd.io/etcd/tests/v3";
const framework = `${testsModule}/framework/integration`;
const minutesMax = 2;

const go = (folder: string, ...args: string[]): Promise<string> =>
  done("go", args, { directory: folder, environment: { GOFLAGS: "-mod=mod" } });

/** A package of tests, and the files of it that can do without a server of their own. */
interface Part {
  name: string;
  path: string;
  files: readonly string[];
}

const parts: readonly Part[] = [
  {
    name: "client",
    path: "integration/clientv3",
    files: [
      "kv_test.go",
      "txn_test.go",
      "user_test.go",
      "namespace_test.go",
      "ordering_kv_test.go",
      "ordering_util_test.go",
      "mirror_test.go",
      "mirror_auth_test.go",
      "main_test.go",
      "util.go",
    ],
  },
  {
    name: "watch",
    path: "integration/clientv3/watch",
    files: ["watch_test.go", "v3_watch_test.go", "watch_fragment_test.go"],
  },
  { name: "lease", path: "integration/clientv3/lease", files: ["*_test.go"] },
  { name: "naming", path: "integration/clientv3/naming", files: ["*_test.go"] },
];

const inPieces = "history comes in responses of at most 256 KiB";
const chosen: ReadonlyMap<string, string> = new Map([
  ["TestWatchFragmentDisable", inPieces],
  ["TestWatchFragmentDisableWithGRPCLimit", inPieces],
  ["TestWatchFragmentEnable", inPieces],
  ["TestWatchFragmentEnableWithGRPCLimit", inPieces],
  ["TestV3WatchProgressWaitsForSync", "a response's revision is the last one covered"],
  [
    "TestWatchResumeAfterDisconnect",
    "skipped by itself: history came before the connection was cut",
  ],
]);

/** As a copy that may be written over: the module cache is read-only. */
function copy(from: string, to: string): void {
  copyFileSync(from, to);
  chmodSync(to, 0o644);
}

async function fetch(folder: string, { name, path, files }: Part): Promise<void> {
  writeFileSync(join(folder, "go.mod"), "module others\n\ngo 1.26.0\n");
  await go(folder, "get", "-t", `${testsModule}/${path}@${version}`);
  const sources = (await go(folder, "list", "-m", "-f={{.Dir}}", testsModule)).trim();
  cpSync(join(import.meta.dirname, "integration"), join(folder, "integration"), {
    recursive: true,
  });
  const bridge = "framework/integration/bridge.go";
  copy(join(sources, bridge), join(folder, "integration/bridge.go"));
  mkdirSync(join(folder, name), { recursive: true });
  for (const pattern of files) {
    for (const file of globSync(pattern, { cwd: join(sources, path) })) {
      const target = join(folder, name, basename(file));
      copy(join(sources, path, file), target);
      const text = readFileSync(target, "utf8");
      writeFileSync(target, text.replaceAll(`"${framework}"`, '"others/integration"'));
    }
  }
  await go(folder, "test", "-c", "-o", join(folder, "suite"), `./${name}`);
}

/** Each test in a process of its own: one that panics takes no other along. */
async function run(kind: Kind, folder: string): Promise<Outcomes> {
  const suite = join(folder, "suite");
  const listed = await done(suite, ["-test.list=^Test"], { directory: folder });
  const found = new Map<string, string>();
  for (const test of listed.trim().split("\n")) {
    const { stdout } = await program(suite, ["-test.v", `-test.run=^${test}$`], {
      directory: folder,
      environment: { SERVER: executable(kind) },
      patienceMilliseconds: minutesMax * 60_000,
    });
    const [, word = "no end"] =
      new RegExp(`^--- (PASS|FAIL|SKIP): ${test} `, "m").exec(stdout) ?? [];
    found.set(test, word === "PASS" ? "pass" : word.toLowerCase());
  }
  return found;
}

export const integrationSuites: readonly Suite[] = parts.map((part) => ({
  language: "go",
  name: `integration ${part.name} ${version}`,
  tools: ["go"],
  chosen,
  fetch: (folder) => fetch(folder, part),
  run,
}));
