// A program of ours over jetcd, Maven Central's client of etcd: its own tests are not published. What it
// says of its life is compared line by line.
import { spawn } from "node:child_process";
import { globSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Kind, ServerProcess } from "../e2e/server-process.ts";
import { TestCluster } from "../e2e/test-cluster.ts";
import { CertificateFolder } from "../integration/tls/certificates.ts";
import { done, type Outcomes, type Suite } from "./suite.ts";

const program = join(import.meta.dirname, "jetcd");
const minutesMax = 10;

/** What is said, a line `what: seen` each; other lines go to `told`, which answers each with a line. */
async function life(
  folder: string,
  args: readonly string[],
  told: (line: string) => Promise<void> = () => Promise.resolve(),
): Promise<[string, string][]> {
  const classes = `${join(folder, "classes")}:${readFileSync(join(folder, "classpath"), "utf8")}`;
  const child = spawn("java", ["-cp", classes, "Life", ...args], { cwd: folder });
  const timer = setTimeout(() => child.kill("SIGKILL"), minutesMax * 60_000);
  let trouble = "";
  child.stderr.on("data", (text: Buffer) => (trouble += text.toString("utf8")));
  const lines: [string, string][] = [];
  for await (const line of createInterface(child.stdout)) {
    const at = line.indexOf(": ");
    if (at >= 0) {
      lines.push([`${args[0]}, ${line.slice(0, at)}`, line.slice(at + 2)]);
      continue;
    }
    await told(line);
    child.stdin.write("done\n");
  }
  clearTimeout(timer);
  if (lines.at(-1)?.[1] !== "well") throw new Error(`jetcd's life ended early: ${trouble}`);
  return lines;
}

function alone(kind: Kind, folder: string): Promise<[string, string][]> {
  return withServer(kind, ["--watch-progress-notify-interval=2s"], (server) =>
    life(folder, ["alone", `http://${server.endpoint}`]),
  );
}

async function withServer<Seen>(
  kind: Kind,
  flags: readonly string[],
  use: (server: ServerProcess) => Promise<Seen>,
): Promise<Seen> {
  await using server = await ServerProcess.start({ kind, flags });
  return await use(server);
}

async function overTls(kind: Kind, folder: string): Promise<[string, string][]> {
  using certificates = new CertificateFolder();
  const authority = await certificates.authority("ca");
  const hosts = ["127.0.0.1", "localhost"];
  const server = await certificates.issue("server", { hosts, usages: ["serverAuth"] }, authority);
  const client = await certificates.issue("client", { usages: ["clientAuth"] }, authority);
  await using running = await ServerProcess.start({
    kind,
    flagsAt: (url) => {
      const secure = url.replace("http:", "https:");
      return [
        `--listen-client-urls=${secure}`,
        `--advertise-client-urls=${secure}`,
        `--cert-file=${server.certFile}`,
        `--key-file=${server.keyFile}`,
        `--trusted-ca-file=${authority.certFile}`,
        "--client-cert-auth",
      ];
    },
  });
  const files = [authority.certFile, client.certFile, client.keyFile];
  return await life(folder, ["tls", `https://${running.endpoint}`, ...files]);
}

async function inCluster(kind: Kind, folder: string): Promise<[string, string][]> {
  await using cluster = await TestCluster.start([kind, kind, kind]);
  const urls = cluster.members.map(({ endpoint }) => `http://${endpoint}`);
  return await life(folder, ["cluster", ...urls], async (line) => {
    const [what, at] = line.split(" ");
    const member = cluster.members[Number(at)];
    if (member === undefined) throw new Error(`it says "${line}"`);
    await (what === "kill" ? member.kill() : member.restart());
  });
}

export const javaSuite: Suite = {
  language: "java",
  name: "jetcd-core 0.8.5",
  isTranscript: true,
  tools: ["mvn", "javac", "java"],
  fetch: async (folder) => {
    const pom = join(program, "pom.xml");
    const output = join(folder, "classpath");
    const goal = ["dependency:build-classpath", `-Dmdep.outputFile=${output}`];
    await done("mvn", ["-q", "-B", "-f", pom, ...goal]);
    const classes = join(folder, "classes");
    mkdirSync(classes, { recursive: true });
    const sources = globSync("src/*.java", { cwd: program }).map((file) => join(program, file));
    await done("javac", ["-cp", readFileSync(output, "utf8"), "-d", classes, ...sources]);
  },
  run: async (kind, folder): Promise<Outcomes> => {
    const seen = new Map<string, string>();
    for (const each of [alone, overTls, inCluster]) {
      for (const [what, line] of await each(kind, folder)) {
        // A thing said twice is two things.
        let name = what;
        for (let time = 2; seen.has(name); time++) name = `${what} ${time}`;
        seen.set(name, line);
      }
    }
    return seen;
  },
};
