// A kube-apiserver over some etcd, and as much of a Kubernetes client as its programs' etcd needs to see.
import { spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../e2e/command.ts";
import { freePorts } from "../../e2e/server-process.ts";
import { projectRoot } from "../../peers/peers.ts";

/** An object of Kubernetes, of which only what is asked for is known. */
export interface KubeObject {
  metadata: { name: string; resourceVersion?: string; continue?: string; labels?: object };
  data?: Record<string, string>;
  items?: KubeObject[];
  reason?: string;
  size?: number;
}

export interface KubeAnswer {
  status: number;
  object: KubeObject;
}

export interface KubeEvent {
  type: string;
  object: KubeObject;
}

const buildMinutesMax = 40;
const token = "secret";
const cache = join(projectRoot, ".cache/clients");

/** Builds kube-apiserver as `go.mod` beside this file pins it; minutes, the first time. */
export async function buildApiServer(): Promise<string> {
  const output = join(cache, "kube-apiserver");
  const args = ["build", "-ldflags=-s -w", "-o", output, "k8s.io/kubernetes/cmd/kube-apiserver"];
  const options = { directory: import.meta.dirname, patienceMilliseconds: buildMinutesMax * 6e4 };
  const built = await run("go", args, options);
  if (built.code !== 0) throw new Error(`kube-apiserver is not built: ${built.stderr}`);
  return output;
}

export class ApiServer {
  readonly #port: number;
  readonly #home: string;
  readonly #end: () => Promise<void>;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 40, rejectUnauthorized: false });

  private constructor(port: number, home: string, end: () => Promise<void>) {
    this.#port = port;
    this.#home = home;
    this.#end = end;
  }

  /** Starts one over these endpoints, separated by commas, and returns when it is ready. */
  static async start(program: string, endpoints: string): Promise<ApiServer> {
    const home = mkdtempSync(join(tmpdir(), "quorate-kube-"));
    const [port = 0] = await freePorts(1);
    const [key, publicKey] = [join(home, "sa.key"), join(home, "sa.pub")];
    await run("openssl", ["genrsa", "-out", key, "2048"]);
    await run("openssl", ["rsa", "-in", key, "-pubout", "-out", publicKey]);
    const tokens = join(home, "tokens.csv");
    writeFileSync(tokens, `${token},admin,admin,"system:masters"\n`);
    const urls = endpoints.split(",").map((each) => `http://${each}`);
    const flags = [
      `--etcd-servers=${urls.join(",")}`,
      "--etcd-compaction-interval=10s",
      `--cert-dir=${join(home, "certs")}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${port}`,
      "--service-cluster-ip-range=10.0.0.0/24",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${publicKey}`,
      `--service-account-signing-key-file=${key}`,
      `--token-auth-file=${tokens}`,
      "--authorization-mode=RBAC",
      "--disable-admission-plugins=ServiceAccount",
    ];
    const child = spawn(program, flags, { stdio: ["ignore", "ignore", "pipe"], cwd: home });
    child.stderr.pipe(createWriteStream(join(home, "log")));
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const api = new ApiServer(port, home, async () => {
      child.kill("SIGKILL");
      await ended;
    });
    await api.until("ready", async () => (await api.call("GET", "/readyz")).status === 200);
    return api;
  }

  call(method: string, path: string, body?: object, type?: string): Promise<KubeAnswer> {
    return new Promise((resolve, reject) => {
      const take = (answer: IncomingMessage): void => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () => {
          const text = Buffer.concat(parts).toString("utf8");
          const object = (text.startsWith("{") ? JSON.parse(text) : {}) as KubeObject;
          resolve({ status: answer.statusCode ?? 0, object });
        });
      };
      const asked = request(this.#options(method, path, this.#agent, type), take);
      asked.on("error", reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Tells each event of a watch until the function that is returned is called. */
  watch(path: string, told: (event: KubeEvent) => void): () => void {
    const agent = new Agent({ rejectUnauthorized: false });
    const asked = request(this.#options("GET", path, agent), (answer) => {
      let rest = "";
      answer.setEncoding("utf8");
      answer.on("error", () => undefined);
      answer.on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line !== "") told(JSON.parse(line) as KubeEvent);
      });
    });
    asked.on("error", () => undefined);
    asked.end();
    return () => asked.destroy();
  }

  /** Asks again and again until it is so; an error is as good as no. */
  async until(what: string, isSo: () => Promise<boolean>, patienceMs = 120_000): Promise<void> {
    const end = performance.now() + patienceMs;
    while (!(await isSo().catch(() => false))) {
      if (performance.now() > end) throw new Error(`never ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  #options(method: string, path: string, agent: Agent, type = "application/json"): object {
    const headers = { authorization: `Bearer ${token}`, "content-type": type };
    return { agent, method, host: "127.0.0.1", port: this.#port, path, headers };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    await this.#end();
    rmSync(this.#home, { recursive: true, force: true });
  }
}
