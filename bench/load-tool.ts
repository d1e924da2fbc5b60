// etcd's own `benchmark` tool, and what its report says.
import { run } from "../test/e2e/command.ts";
import { peer } from "../test/peers/peers.ts";

/** What the tool reports of one run. */
export interface LoadReport {
  requestsPerSecond: number;
  p50Milliseconds: number;
  p99Milliseconds: number;
  seconds: number;
}

const patienceMilliseconds = 600_000;

export interface LoadOptions {
  /** May pin the tool: `["taskset", "-c", "1"]`. */
  readonly wrapper?: readonly string[];
  readonly tool?: "gatewayload" | undefined;
}

/** Runs the tool; throws when any request failed. */
export async function load(
  endpoint: string,
  args: readonly string[],
  options: LoadOptions = {},
): Promise<LoadReport> {
  return parseReport(await loadText(endpoint, args, options));
}

/** As `load`; returns the tool's summary as it is. */
export async function loadText(
  endpoint: string,
  args: readonly string[],
  { wrapper = [], tool }: LoadOptions = {},
): Promise<string> {
  const program =
    tool === undefined
      ? [peer("benchmark"), `--endpoints=${endpoint}`, "--precise"]
      : [peer(tool), `-endpoint=${endpoint}`];
  const command = [...wrapper, ...program, ...args];
  const [file = "", ...rest] = command;
  const done = await run(file, rest, { patienceMilliseconds });
  if (done.code !== 0) {
    throw new Error(
      `benchmark ${args.join(" ")} ended with ${done.code}: ${done.stderr.slice(-500)}`,
    );
  }
  return done.stdout;
}

/** Reads the tool's summary. Throws when it is not one, or names errors. */
export function parseReport(text: string): LoadReport {
  const errors = /Error distribution:\n([\s\S]*)/.exec(text)?.[1]?.trim();
  if (errors) throw new Error(`requests failed: ${errors}`);
  const figure = (pattern: RegExp, otherwise = pattern): number => {
    const found = pattern.exec(text)?.[1] ?? otherwise.exec(text)?.[1];
    if (found === undefined) throw new Error(`no ${pattern.source} in the report:\n${text}`);
    return Number(found);
  };
  return {
    requestsPerSecond: figure(/Requests\/sec:\s+([\d.e+-]+)/),
    // Of few requests the tool does not give every quantile.
    p50Milliseconds: figure(/ 50% in ([\d.e+-]+) secs/, /Average:\s+([\d.e+-]+) secs/) * 1000,
    p99Milliseconds: figure(/ 99% in ([\d.e+-]+) secs/, /Slowest:\s+([\d.e+-]+) secs/) * 1000,
    seconds: figure(/Total:\s+([\d.e+-]+) secs/),
  };
}

/** What the slowest request of a summary took. */
export function slowestMilliseconds(text: string): number {
  return Number(/Slowest:\s+([\d.e+-]+) secs/.exec(text)?.[1] ?? Number.NaN) * 1000;
}
