// The suite of crates.io's etcd-client. A crate holds its tests.
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { memberAtFixedPort, outcomes, done, program, type Suite } from "./suite.ts";

const version = "0.21.1";
const verdictLine = /^test (?<name>\S+) \.\.\. (?<word>ok|FAILED|ignored)/gm;
const manifest = `[package]
name = "fetch"
version = "0.1.0"
edition = "2021"
[dependencies]
etcd-client = "=${version}"
`;

export const rustSuite: Suite = {
  language: "rust",
  name: `etcd-client ${version}`,
  tools: ["cargo", "protoc"],
  fetch: async (folder) => {
    const sources = join(folder, "sources");
    if (!existsSync(sources)) {
      const fetching = join(folder, "fetch");
      mkdirSync(join(fetching, "src"), { recursive: true });
      writeFileSync(join(fetching, "Cargo.toml"), manifest);
      writeFileSync(join(fetching, "src/lib.rs"), "");
      const told = await done("cargo", ["metadata", "--format-version=1"], { directory: fetching });
      const { packages } = JSON.parse(told) as { packages: CargoPackage[] };
      const found = packages.find(({ name }) => name === "etcd-client");
      if (found === undefined) throw new Error("cargo did not fetch etcd-client");
      cpSync(dirname(found.manifest_path), sources, { recursive: true });
    }
    await done("cargo", ["test", "--no-run"], { directory: sources });
  },
  run: async (kind, folder) => {
    await using server = await memberAtFixedPort(kind, { flags: ["--auth-token-ttl=2"] });
    const ctl = (...args: string[]): Promise<string> =>
      done("etcdctl", [`--endpoints=${server.endpoint}`, ...args]);
    // Its tests of users expect a root with this password, and turn authentication on themselves.
    await ctl("user", "add", "root", "--new-user-password=rootpwd");
    await ctl("user", "grant-role", "root", "root");
    // One by one, for they share keys and alarms; `test_cluster` wants to add a member that never comes.
    const one = ["--test-threads=1", "--include-ignored", "--skip=test_cluster"];
    const args = ["test", "--test=client", "--test=namespace", "--", ...one];
    const { stdout } = await program("cargo", args, { directory: join(folder, "sources") });
    return outcomes(stdout, verdictLine, ["ok"]);
  },
};

interface CargoPackage {
  name: string;
  manifest_path: string;
}
