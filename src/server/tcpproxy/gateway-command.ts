// `etcd gateway start`: etcdmain/gateway.go. Its flags are cobra's, not the server's.
import { lookup } from "node:dns/promises";
import { parseArgs } from "node:util";
import { parseDuration } from "../../base/index.ts";
import { pinoLog } from "../../io/host/node/index.ts";
import { type Endpoint, TcpProxy } from "./tcp-proxy.ts";

const usage = `Usage:
  etcd gateway start [flags]

Flags:
      --endpoints strings      comma separated etcd cluster endpoints (default [127.0.0.1:2379])
      --listen-addr string     listen address (default "127.0.0.1:23790")
      --retry-delay duration   duration of delay before retrying failed endpoints (default 1m0s)
`;

interface Command {
  readonly listen: Endpoint;
  readonly endpoints: readonly Endpoint[];
  readonly retryMs: number;
}

/** Runs `etcd gateway` until a signal ends it. */
export async function runGateway(argv: readonly string[]): Promise<void> {
  try {
    const command = read(argv);
    if (command === undefined) return void process.stdout.write(usage);
    await refuseLoop(command);
    const log = pinoLog({ level: "info", format: "json", outputs: ["stderr"] });
    log.info("Running: ", { args: [process.argv[1] ?? "etcd", "gateway", ...argv] });
    const { endpoints, retryMs, listen } = command;
    await new TcpProxy({ endpoints, retryMs, log }).listen(listen.host, listen.port);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/** Undefined when only help is asked for. */
function read(argv: readonly string[]): Command | undefined {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      endpoints: { type: "string", multiple: true, default: ["127.0.0.1:2379"] },
      "listen-addr": { type: "string", default: "127.0.0.1:23790" },
      "retry-delay": { type: "string", default: "1m0s" },
      "discovery-srv": { type: "string", default: "" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help || positionals[0] !== "start") return undefined;
  if (values["discovery-srv"] !== "") {
    throw new Error("--discovery-srv is a flag of etcd that Quorate does not build yet");
  }
  const delay = values["retry-delay"];
  const retryMs = parseDuration(delay);
  if (retryMs === undefined || retryMs < 1) {
    throw new Error(`invalid argument "${delay}" for "--retry-delay" flag: invalid duration`);
  }
  return {
    listen: endpointOf(values["listen-addr"], "failed to validate listen address:"),
    endpoints: values.endpoints
      .flatMap((list) => list.split(","))
      .map((text) => endpointOf(text.replace(/^[a-z]+:\/\//, ""), "error parsing endpoint")),
    retryMs,
  };
}

function endpointOf(text: string, failure: string): Endpoint {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) throw new Error(`${failure} "${text}"`);
  return { host: bracketed ?? plain ?? "", port: Number(port) };
}

/** A gateway that is its own endpoint would call itself forever. */
async function refuseLoop({ listen, endpoints }: Command): Promise<void> {
  const own = await addressesOf(listen.host, "failed to resolve listen host:");
  for (const { host, port } of endpoints) {
    const theirs = await addressesOf(host, "failed to resolve endpoint host:");
    const shared = port === listen.port ? theirs.find((one) => own.includes(one)) : undefined;
    if (shared === undefined) continue;
    throw new Error(
      `SRV or endpoint (${host}:${port}->${shared}:${port}) should not resolve to the gateway ` +
        `listen addr (${listen.host}:${listen.port})`,
    );
  }
}

async function addressesOf(host: string, failure: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    throw new Error(`${failure} ${host}`);
  }
}
