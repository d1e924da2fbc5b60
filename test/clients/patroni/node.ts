// One node of Patroni: its configuration, its PostgreSQL, its REST interface.
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  createWriteStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../../e2e/server-process.ts";

/** PostgreSQL does not run as root: in a namespace where root is called otherwise it does. */
const notAsRoot = ["unshare", "--user", "--map-user=1000", "--map-group=1000"];
const isRoot = process.getuid?.() === 0;

export interface Programs {
  patroni: string;
  /** Where `initdb` and `postgres` are. */
  postgresFolder: string;
}

export interface NodeStatus {
  state: string;
  role: string;
}

export class PatroniNode {
  readonly name: string;
  readonly #home: string;
  readonly #rest: number;
  readonly #programs: Programs;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  private constructor(name: string, home: string, rest: number, programs: Programs) {
    this.name = name;
    this.#home = home;
    this.#rest = rest;
    this.#programs = programs;
  }

  /** Writes its configuration over these etcd endpoints, and starts it. */
  static async start(
    name: string,
    endpoints: readonly string[],
    programs: Programs,
  ): Promise<PatroniNode> {
    const home = mkdtempSync(join(tmpdir(), "quorate-patroni-"));
    const [rest = 0, sql = 0] = await freePorts(2);
    const account = (username: string): object => ({ username, password: "secret" });
    const configuration = {
      scope: "demo",
      name,
      restapi: { listen: `127.0.0.1:${rest}`, connect_address: `127.0.0.1:${rest}` },
      etcd3: { hosts: endpoints },
      bootstrap: {
        dcs: {
          ttl: 20,
          loop_wait: 2,
          retry_timeout: 8,
          postgresql: { use_pg_rewind: true, parameters: { wal_log_hints: "on" } },
        },
        initdb: [{ encoding: "UTF8" }, "data-checksums"],
      },
      postgresql: {
        listen: `127.0.0.1:${sql}`,
        connect_address: `127.0.0.1:${sql}`,
        data_dir: join(home, "data"),
        bin_dir: programs.postgresFolder,
        pgpass: join(home, "pgpass"),
        pg_hba: ["local all all trust", "host all all all trust", "host replication all all trust"],
        authentication: { superuser: account("postgres"), replication: account("replicator") },
        parameters: { unix_socket_directories: home, fsync: "off" },
      },
    };
    // YAML takes JSON as it is.
    writeFileSync(join(home, "patroni.yml"), JSON.stringify(configuration));
    chmodSync(home, 0o700);
    const node = new PatroniNode(name, home, rest, programs);
    node.restart();
    return node;
  }

  restart(): void {
    const own = [this.#programs.patroni, join(this.#home, "patroni.yml")];
    const [file = "", ...args] = isRoot ? [...notAsRoot, ...own] : own;
    const child = spawn(file, args, { cwd: this.#home, stdio: ["ignore", "pipe", "pipe"] });
    const log = createWriteStream(join(this.#home, "patroni.log"), { flags: "a" });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#ended = new Promise((resolve) => child.once("exit", () => resolve()));
    this.#child = child;
  }

  /** What it says of itself; undefined when it does not answer. */
  async status(): Promise<NodeStatus | undefined> {
    const answer = await this.#ask("GET", "/patroni").catch(() => undefined);
    return (await answer?.json().catch(() => undefined)) as NodeStatus | undefined;
  }

  /** Has another node lead. Returns what is said of it. */
  async switchover(candidate: PatroniNode): Promise<number> {
    const wanted = { leader: this.name, candidate: candidate.name };
    return (await this.#ask("POST", "/switchover", wanted)).status;
  }

  #ask(method: string, path: string, body?: object): Promise<Response> {
    const signal = AbortSignal.timeout(60_000);
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return fetch(`http://127.0.0.1:${this.#rest}${path}`, { method, signal, ...text });
  }

  /** kill -9 of Patroni and of its PostgreSQL, as when a machine is lost. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#ended;
    this.#child = undefined;
    for (const pid of this.#postgres()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself.
      }
    }
  }

  /** The postmaster, whose children end when it does. */
  #postgres(): number[] {
    try {
      const [first = ""] = readFileSync(join(this.#home, "data/postmaster.pid"), "utf8").split(
        "\n",
      );
      return [Number(first)];
    } catch {
      return [];
    }
  }

  get log(): string {
    return readFileSync(join(this.#home, "patroni.log"), "utf8");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
