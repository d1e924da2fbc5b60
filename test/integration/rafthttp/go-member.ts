// One member of a mixed cluster that is etcd itself.
import { type ChildProcess, spawn } from "node:child_process";
import { peer } from "../../peers/peers.ts";

export interface GoMemberOptions {
  readonly name: string;
  readonly clientPort: number;
  readonly peerUrl: string;
  readonly initialCluster: string;
  readonly token: string;
  readonly dataDirectory: string;
  readonly flags: readonly string[];
}

export class GoMember {
  readonly endpoint: string;
  readonly #options: GoMemberOptions;
  #child: ChildProcess | undefined;
  #log = "";

  constructor(options: GoMemberOptions) {
    this.#options = options;
    this.endpoint = `http://127.0.0.1:${options.clientPort}`;
  }

  get log(): string {
    return this.#log;
  }

  start(): void {
    const { name, peerUrl, initialCluster, token, dataDirectory, flags } = this.#options;
    const child = spawn(
      peer("etcd"),
      [
        `--name=${name}`,
        `--data-dir=${dataDirectory}`,
        `--listen-client-urls=${this.endpoint}`,
        `--advertise-client-urls=${this.endpoint}`,
        `--listen-peer-urls=${peerUrl}`,
        `--initial-advertise-peer-urls=${peerUrl}`,
        `--initial-cluster=${initialCluster}`,
        `--initial-cluster-token=${token}`,
        "--initial-cluster-state=new",
        "--unsafe-no-fsync",
        ...flags,
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    const take = (chunk: Buffer): void => {
      this.#log = (this.#log + chunk.toString("utf8")).slice(-4_000_000);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    this.#child = child;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }
}

/** Runs etcdctl; its output, or an error that says what it said. */
export function etcdctl(endpoint: string, ...words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(peer("etcdctl"), [`--endpoints=${endpoint}`, ...words], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0) resolve(said);
      else reject(new Error(`etcdctl ${words.join(" ")}: ${said}`));
    });
  });
}
