// Suites of PyPI's clients of etcd. Their source distributions hold their tests.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Kind } from "../e2e/server-process.ts";
import { done, memberAtFixedPort, type Outcomes, outcomes, program, type Suite } from "./suite.ts";

interface Distribution {
  name: string;
  version: string;
  /** Where its tests are, in its source distribution. */
  tests: string;
  requirements: readonly string[];
}

const pytest = ["pytest==9.2.0", "setuptools==65.5.0"];
const grpc = ["grpcio==1.85.1", "protobuf==7.36.2"];
const oslo = ["oslotest==6.1.1", "testtools==2.9.1", "mock==5.2.0"];

const distributions: readonly Distribution[] = [
  {
    name: "aetcd",
    version: "1.0.0",
    tests: "tests",
    requirements: [...grpc, "pytest-asyncio==1.5.0", "pytest-mock==3.17.0"],
  },
  {
    name: "etcd3",
    version: "0.12.0",
    tests: "tests",
    requirements: [...grpc, "hypothesis==6.170.15", "mock==5.2.0", "tenacity==9.2.1"],
  },
  { name: "etcd3gw", version: "2.7.0", tests: "etcd3gw/tests", requirements: oslo },
];

const verdictLine = /^(?<name>\S+::.+?) (?<word>PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b/gm;

function suiteOf({ name, version, tests, requirements }: Distribution): Suite {
  const sources = (folder: string): string => join(folder, `${name}-${version}`);
  return {
    language: "python",
    name: `${name} ${version}`,
    tools: ["python3"],
    fetch: async (folder) => {
      const pip = join(folder, "venv/bin/pip");
      if (!existsSync(pip)) await done("python3", ["-m", "venv", join(folder, "venv")]);
      const packages = [`${name}==${version}`, ...pytest, ...requirements];
      await done(pip, ["install", "-q", ...packages]);
      if (existsSync(sources(folder))) return;
      const only = ["--no-deps", "--no-binary", ":all:", "-d", folder];
      await done(pip, ["download", "-q", ...only, `${name}==${version}`]);
      const archive = join(folder, `${name}-${version}.tar.gz`);
      await done("tar", ["-xzf", archive, "-C", folder]);
    },
    run: async (kind: Kind, folder: string): Promise<Outcomes> => {
      await using server = await memberAtFixedPort(kind, { flags: ["--auth-token-ttl=2"] });
      const url = `http://${server.endpoint}`;
      const { stdout } = await program(
        join(folder, "venv/bin/python"),
        ["-m", "pytest", "-v", "--tb=no", "-p", "no:cacheprovider", "-o", "addopts=", tests],
        {
          directory: sources(folder),
          environment: {
            PYTHON_ETCD_HTTP_URL: url,
            ETCDCTL_API: "3",
            // Code that protoc made in 2020 is refused by any other implementation.
            PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION: "python",
          },
        },
      );
      return outcomes(stdout, verdictLine, ["PASSED"]);
    },
  };
}

export const pythonSuites: readonly Suite[] = distributions.map((one) => suiteOf(one));
