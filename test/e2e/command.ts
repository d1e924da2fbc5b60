// Running a foreign program to its end, bounded in time.
import { spawn } from "node:child_process";
import { peer } from "../peers/peers.ts";

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  input?: string | Uint8Array;
  patienceMilliseconds?: number;
  environment?: Readonly<Record<string, string>>;
  directory?: string;
  /** Called with each piece of stdout as it comes. */
  onOutput?: (text: string) => void;
}

/** Runs a program and collects what it says. It is killed when it takes too long. */
export function run(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ["pipe", "pipe", "pipe"],
      cwd: options.directory,
      env: { ...process.env, ...options.environment },
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), options.patienceMilliseconds ?? 60_000);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => {
      out.push(chunk);
      options.onOutput?.(chunk.toString("utf8"));
    });
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      const text = (parts: Buffer[]): string => Buffer.concat(parts).toString("utf8");
      resolve({ code, signal, stdout: text(out), stderr: text(err) });
    });
    // A program that ends early closes its input; what it did not read is of no concern.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/** `etcdctl` against one endpoint. */
export function etcdctl(
  endpoint: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Finished> {
  return run(peer("etcdctl"), [`--endpoints=${endpoint}`, ...args], options);
}
