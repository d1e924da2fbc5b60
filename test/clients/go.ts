// Suites in Go that look for an etcd that runs already: the examples and tests of clientv3 and of its
// package `concurrency`, CoreDNS' plugin, Go kit's registry of services.
import { chmodSync, copyFileSync, existsSync, globSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Kind } from "../e2e/server-process.ts";
import { TestCluster } from "../e2e/test-cluster.ts";
import { done, memberAtFixedPort, type Outcomes, outcomes, program, type Suite } from "./suite.ts";

const verdictLine = /^ *--- (?<word>PASS|FAIL|SKIP): (?<name>\S+)/gm;

/** Runs Go in a module that it may complete as it goes. */
const go = (folder: string, ...args: string[]): Promise<string> =>
  done("go", args, { directory: folder, environment: { GOFLAGS: "-mod=mod" } });

/** A module of its own that requires one package and what the package's tests want. */
async function require(folder: string, wanted: string): Promise<void> {
  if (existsSync(join(folder, "go.sum"))) return;
  writeFileSync(join(folder, "go.mod"), "module others\n\ngo 1.26.0\n");
  await go(folder, "get", "-t", wanted);
}

interface GoPackage {
  name: string;
  module: string;
  path: string;
  version: string;
  tags: string;
}

/** A package whose tests are run where they lie, in the module cache. */
function packageSuite({ name, module, path, version, tags }: GoPackage): Suite {
  return {
    language: "go",
    name: `${name} ${version}`,
    tools: ["go"],
    fetch: async (folder) => {
      await require(folder, `${module}${path}@${version}`);
      const output = join(folder, "suite");
      await go(folder, "test", `-tags=${tags}`, "-c", "-o", output, `${module}${path}`);
    },
    run: async (kind: Kind, folder: string): Promise<Outcomes> => {
      await using server = await memberAtFixedPort(kind);
      const environment = { ETCD_ADDR: `http://${server.endpoint}` };
      const args = ["-test.v", "-test.count=1"];
      const ran = await program(join(folder, "suite"), args, { directory: folder, environment });
      return outcomes(ran.stdout, verdictLine, ["PASS"]);
    },
  };
}

const etcdVersion = "v3.7.3";
const etcdTests = "go.etcd.io/etcd/tests/v3";

/** Stands for the file of the same name, which would start a server of its own. */
const mainOf = (packageName: string): string => `package ${packageName}

import (
	"os"
	"strings"
	"time"
)

const (
	dialTimeout    = 5 * time.Second
	requestTimeout = 10 * time.Second
)

func exampleEndpoints() []string { return strings.Split(os.Getenv("ENDPOINTS"), ",") }

func forUnitTestsRunInMockedContext(_ func(), example func()) { example() }
`;

/** Tests of etcd's client that know their server by one function alone; with as many members as they have. */
function clientSuite(
  part: "concurrency" | "examples",
  { packageName, members }: { packageName: string; members: number },
): Suite {
  return {
    language: "go",
    name: `clientv3 ${part} ${etcdVersion}`,
    tools: ["go"],
    fetch: async (folder) => {
      await require(folder, `${etcdTests}/integration/clientv3/${part}@${etcdVersion}`);
      const sources = (await go(folder, "list", "-m", "-f={{.Dir}}", etcdTests)).trim();
      const copies = join(folder, part);
      mkdirSync(copies, { recursive: true });
      for (const file of globSync(join(sources, `integration/clientv3/${part}/*_test.go`))) {
        const copy = join(copies, basename(file));
        if (existsSync(copy)) chmodSync(copy, 0o644);
        copyFileSync(file, copy);
        chmodSync(copy, 0o644);
      }
      writeFileSync(join(copies, "main_test.go"), mainOf(packageName));
      await go(folder, "test", "-c", "-o", join(folder, "suite"), `./${part}`);
    },
    run: async (kind, folder) => {
      // As their own servers are set up.
      const flags = ["--watch-progress-notify-interval=200ms", "--strict-reconfig-check=false"];
      await using cluster = await TestCluster.start(
        Array.from({ length: members }, () => kind),
        { flags },
      );
      const urls = cluster.members.map(({ endpoint }) => `http://${endpoint}`);
      const environment = { ENDPOINTS: urls.join(",") };
      const args = ["-test.v", "-test.count=1"];
      const ran = await program(join(folder, "suite"), args, { directory: folder, environment });
      return outcomes(ran.stdout, verdictLine, ["PASS"]);
    },
  };
}

export const goSuites: readonly Suite[] = [
  clientSuite("concurrency", { packageName: "concurrency_test", members: 1 }),
  clientSuite("examples", { packageName: "clientv3_test", members: 3 }),
  packageSuite({
    name: "CoreDNS plugin",
    module: "github.com/coredns/coredns",
    path: "/plugin/etcd",
    version: "v1.15.0",
    tags: "etcd",
  }),
  packageSuite({
    name: "Go kit registry",
    module: "github.com/go-kit/kit",
    path: "/sd/etcdv3",
    version: "v0.13.0",
    tags: "flaky_integration",
  }),
];
