// The suite of npm's @hkube/etcd, the store of a Kubernetes scheduler, over npm's etcd3, whose own suite is
// not in its package; a program of ours over etcd3 is test/e2e/clients.test.ts.
import { join } from "node:path";
import { done, memberAtFixedPort, outcomes, program, type Suite } from "./suite.ts";

const verdictLine = /^(?<word>ok|not ok) \d+ (?<name>.+)$/gm;
const port = 4001;
const packages = [
  "@hkube/etcd@5.1.11",
  "etcd3@1.1.2",
  "mocha@6.2.3",
  "chai@4.5.0",
  "sinon@7.5.0",
  "await-delay@1.0.0",
  "await-done@1.0.10",
];

export const javascriptSuite: Suite = {
  language: "javascript",
  name: "@hkube/etcd 5.1.11",
  tools: ["node", "npm"],
  fetch: async (folder) => {
    await done("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", ...packages]);
  },
  run: async (kind, folder) => {
    await using _server = await memberAtFixedPort(kind, { port });
    const mocha = join(folder, "node_modules/mocha/bin/_mocha");
    const tests = join(folder, "node_modules/@hkube/etcd/tests/test.js");
    const options = { directory: folder, environment: { NODE_ENV: "test" } };
    const args = [mocha, tests, "--reporter=tap", "--exit"];
    const { stdout } = await program("node", args, options);
    return outcomes(stdout, verdictLine, ["ok"]);
  },
};
