// The process: flags, log, signals and exit codes, as etcdmain has them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { notifyReady, pinoLog } from "../../io/host/node/index.ts";
import type { Log, LogLevel } from "../../io/host/index.ts";
import { type Config, configFrom } from "./config.ts";
import { type DiscoveryConfig } from "./discovery/config.ts";
import { DiscoveryError } from "./discovery/discovery.ts";
import { type FlagValues, parseFlags, ShadowedVariable, UsageError } from "./flags.ts";
import { flagsText, usageText } from "./help.ts";
import type { RunningServer } from "./start.ts";
import { versionText } from "./version.ts";

/** Runs `etcd` with these arguments until a signal ends it. */
export async function runServer(argv: readonly string[]): Promise<void> {
  const early = pinoLog({ level: "info", format: "json", outputs: ["stderr"] });
  const values = readFlags(argv, early);
  if (values === undefined) return;
  logVariables(values, early);
  const config = await readConfig(values, early);
  if (config === undefined) return;
  process.title = "etcd";
  const log = openLog(config, early);
  if (log === undefined) return;
  const path = values.text.get("config-file");
  if (path !== "") {
    log.info(
      "loaded server configuration, other configuration command line flags and environment " +
        "variables will be ignored if provided",
      { path },
    );
  }
  log.info("Running: ", { args: [process.argv[1] ?? "etcd", ...argv] });
  warn(config, log);
  logDirectory(config, log);
  try {
    const ending = endOnSignal(log);
    // Loaded now: --version and a refused flag need none of it.
    const { startServer } = await import("./start.ts");
    let end = (): void => process.exit(0);
    const running = await startServer(
      await withMembersByDns(config, log),
      log,
      (error) => die(log, "the member stopped", error),
      () => end(),
    );
    ending.running = running;
    // Removed from its cluster: nothing is wrong with the process.
    end = (): void => void running.stop().then(() => process.exit(0));
    notifyReady(log);
  } catch (error) {
    if (error instanceof DiscoveryError) return refuseToken(log, config.discovery, error);
    die(log, "discovery failed", error);
  }
}

/** DNS is asked by a member that has no log yet, or that joins (embed.StartEtcd). */
async function withMembersByDns(config: Config, log: Log): Promise<Config> {
  if (config.dns.domain === "") return config;
  const { isInitialized } = await import("./cluster.ts");
  if (isInitialized(config) && config.initialClusterState !== "existing") return config;
  const { membersByDns } = await import("./discovery/index.ts");
  const initialCluster = await membersByDns(config, log);
  const { peerTls } = config;
  // The certificates are then the domain's (Config.PeerURLsMapAndToken).
  const isDomains = initialCluster.includes("https://") && peerTls.trustedCaFile === "";
  const serverName = isDomains ? config.dns.domain : peerTls.serverName;
  return { ...config, initialCluster, peerTls: { ...peerTls, serverName } };
}

/** The discovery service has no place for this member. */
function refuseToken(log: Log, { token, endpoints }: DiscoveryConfig, error: Error): never {
  const fields = { "discovery-token": token, "discovery-endpoints": endpoints, error };
  log.warn("failed to bootstrap; discovery token was already used", fields);
  log.warn("do not reuse discovery token; generate a new one to bootstrap a cluster");
  process.exit(1);
}

/** Undefined when the process is to end now; its exit code is set. */
function readFlags(argv: readonly string[], log: Log): FlagValues | undefined {
  try {
    const values = parseFlags(argv, process.env);
    if (values.help) {
      process.stderr.write(usageText);
      process.stdout.write(flagsText());
      return undefined;
    }
    if (values.text.get("version") === "true") {
      process.stdout.write(versionText());
      return undefined;
    }
    return values;
  } catch (error) {
    return refuse(error, log);
  }
}

async function readConfig(values: FlagValues, log: Log): Promise<Config | undefined> {
  try {
    const path = values.text.get("config-file") ?? "";
    if (path === "") return configFrom(values);
    const { readConfigFile } = await import("./config-file.ts");
    return configFrom(await readConfigFile(path));
  } catch (error) {
    return refuse(error, log);
  }
}

function openLog(config: Config, early: Log): Log | undefined {
  try {
    return pinoLog({
      level: config.logLevel as LogLevel,
      format: config.logFormat,
      outputs: config.logOutputs,
      rotation: config.logRotation,
    });
  } catch (error) {
    early.warn("failed to verify flags", { error });
    process.exitCode = 1;
    return undefined;
  }
}

function refuse(error: unknown, log: Log): undefined {
  if (!(error instanceof UsageError)) throw error;
  if (error instanceof ShadowedVariable) {
    log.fatal(
      "conflicting environment variable is shadowed by corresponding command-line flag " +
        "(either unset environment variable or disable flag))",
      { "environment-variable": error.variable },
    );
  } else if (error.exitCode === 2) process.stderr.write(`${error.message}\n${usageText}`);
  else log.warn("failed to verify flags", { error });
  process.exitCode = error.exitCode;
}

function logVariables(values: FlagValues, log: Log): void {
  for (const [name, value] of values.usedVariables) {
    const fields = { "variable-name": name, "variable-value": value };
    log.info("recognized and used environment variable", fields);
  }
  for (const variable of values.unknownVariables) {
    log.warn("unrecognized environment variable", { "environment-variable": variable });
  }
}

const deprecations: Readonly<Record<string, string>> = {
  "max-snapshots": "--max-snapshots is deprecated in 3.6 and will be decommissioned in 3.8.",
  "v2-deprecation":
    "--v2-deprecation is deprecated and scheduled for removal in v3.8. " +
    "The default value is enforced, ignoring user input.",
};

function warn(config: Config, log: Log): void {
  for (const [name, text] of Object.entries(deprecations)) {
    if (config.given.has(name)) log.warn(text);
  }
  if (config.leaseCheckpoint && !config.leaseCheckpointPersist) {
    log.warn(
      "Detected that checkpointing is enabled without persistence. Consider enabling feature gate " +
        "LeaseCheckpointPersist",
    );
  }
  if (config.listenClientHttpUrls.length === 0) {
    log.warn(
      "Running http and grpc server on single port. This is not recommended for production.",
    );
  }
  if (config.name === "default") {
    log.warn(
      "it isn't recommended to use default name, please set a value for --name. Note that etcd " +
        "might run into issue when multiple members have the same default name",
      { name: config.name },
    );
  }
  if (!config.given.has("data-dir")) {
    log.warn("'data-dir' was empty; using default", { "data-dir": config.dataDirectory });
  }
}

/** Whether there is a member already (etcdmain's startEtcdOrProxyV2). */
function logDirectory({ dataDirectory }: Config, log: Log): void {
  const isMember = existsSync(join(dataDirectory, "member"));
  const fields = { "data-dir": dataDirectory, "dir-type": isMember ? "member" : "empty" };
  if (isMember) log.info("server has already been initialized", fields);
  else log.info("Initialize and start etcd server", fields);
}

interface Ending {
  running: RunningServer | undefined;
}

/**
 * Stops cleanly what runs, then dies of the same signal, so that whoever waits sees why (osutil). To be
 * called before the lines that say it runs: whoever reads those may send a signal at once.
 */
function endOnSignal(log: Log): Ending {
  const ending: Ending = { running: undefined };
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      if (ending.running === undefined) return endBy(signal);
      const name = signal === "SIGTERM" ? "terminated" : "interrupt";
      log.info("received signal; shutting down", { signal: name });
      void ending.running.stop().then(() => endBy(signal));
    });
  }
  return ending;
}

function endBy(signal: NodeJS.Signals): void {
  // As pid 1 a default handler does nothing: there is only exit.
  if (process.pid === 1) process.exit(0);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** The state may be wrong or the disk broken: nothing more is said to anyone. */
function die(log: Log, message: string, error: unknown): void {
  log.fatal(message, { error, stack: error instanceof Error ? error.stack : undefined });
  process.exit(1);
}
