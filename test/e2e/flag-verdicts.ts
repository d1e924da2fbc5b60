// What real etcd and ours say to a command line: taken, or refused with which words and exit code.
import { spawn } from "node:child_process";
import { configFrom, parseFlags, UsageError } from "../../src/server/embed/index.ts";

/** `2 text` and `1 text` as refused with that exit code, or `taken`. */
export type Verdict = string;

/** Ours has more flags than etcd, under its own prefix. */
export const isOurs = (name: string): boolean => name.startsWith("quorate-");

/** An address for peers that no machine has: an etcd that takes its flags ends there. */
export const nowhere = "--listen-peer-urls=http://192.0.2.77:2380";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function ended(
  program: string,
  args: readonly string[],
  folder: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], ...variables },
      timeout: 60_000,
      killSignal: "SIGKILL",
    });
    let stdout = "";
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

export function verdictOf({ code, stderr }: Ended): Verdict {
  if (code === 2 || code === 0) return `${code} ${stderr.split("\n", 1)[0]}`;
  for (const line of stderr.split("\n").filter((each) => each.startsWith("{"))) {
    const { level, msg, error, ...more } = JSON.parse(line) as Record<string, string>;
    if (msg === "failed to verify flags") return `1 ${error}`;
    if (level === "fatal" && msg?.startsWith("conflicting")) {
      return `1 ${msg} ${more["environment-variable"]}`;
    }
  }
  return "taken";
}

export function ourVerdict(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Verdict {
  try {
    configFrom(parseFlags(args, variables));
    return "taken";
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const [variable] = Object.keys(variables);
    if (variable !== undefined && error.message.startsWith("conflicting")) {
      return `1 ${error.message.replaceAll(/ "[A-Za-z0-9_-]+"/g, "")} ${variable}`;
    }
    // The nearest name is a line of our own.
    return `${error.exitCode} ${error.message.split("\n", 1)[0]}`;
  }
}
