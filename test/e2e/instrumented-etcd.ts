// Real etcd with gofail's failpoints compiled in: the published server with its markers made code, as its
// own `make gofail-enable` does. Clusters of mixed versions of the robustness suite want one of the release
// before; one of our own release shows what Go etcd makes of the suite on this machine.
import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildFlags, built, go, goModule, lastReleaseFolder, moduleFolder } from "./suite.ts";

const serverModule = "go.etcd.io/etcd/server/v3";
const gofailModule = "go.etcd.io/gofail";

/** Builds it the first time. */
export function instrumentedEtcd(release: "ours" | "before"): `/${string}` {
  const folder = release === "ours" ? moduleFolder : lastReleaseFolder;
  const program = built(folder, `gofail-${release}`, (output) => {
    const home = mkdtempSync(join(tmpdir(), "quorate-gofail-"));
    try {
      build(goModule(folder, serverModule), home, output);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
  return program as `/${string}`;
}

function build(sources: string, home: string, program: string): void {
  const server = join(home, "server");
  cpSync(sources, server, { recursive: true });
  // The module cache is read-only, and so would be what is copied from it.
  spawnSync("chmod", ["-R", "u+w", server]);
  const isMarked = (file: string): boolean =>
    readFileSync(join(server, file), "utf8").includes("// gofail:");
  const marked = globSync("**/*.go", { cwd: server }).filter(isMarked);
  const packages = [...new Set(marked.map(dirname))];
  // Its requirements within the repository are taken from their own modules.
  const file = join(server, "go.mod");
  const requirements = readFileSync(file, "utf8");
  writeFileSync(file, requirements.replaceAll(/^replace (\([^)]*\)|.*)$/gm, ""));
  go(["get", "-tool", `${gofailModule}@v0.2.0`], server);
  go(["tool", "gofail", "enable", ...packages.map((name) => `./${name}`)], server);
  // The sums of its sister modules are not in the published file.
  go(["build", "-mod=mod", ...buildFlags, "-o", program, "."], server);
}
