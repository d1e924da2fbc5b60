// `etcd grpc-proxy start`: makes the real things and says when it serves.
import { join } from "node:path";
import type { Log } from "../../io/host/index.ts";
import { nodeClock, notifyReady, pinoLog } from "../../io/host/node/index.ts";
import {
  clientTls,
  type ListenAddress,
  Mux,
  noTls,
  PeerClient,
  type RequestListener,
  requireEmptyCommonName,
  selfSignedTls,
  ServerTls,
  type TlsInfo,
  tlsInfoText,
} from "../../io/http/index.ts";
import { GrpcChannel, parseEndpoint } from "../../io/grpc-client/index.ts";
import { syncEndpoints } from "./endpoints.ts";
import { parseProxyFlags, type ProxyFlags, proxyUsage } from "./flags.ts";
import { GrpcProxy } from "./grpc-proxy.ts";
import { probes } from "./probes.ts";

const dialTimeoutMs = 5_000;

/** Runs `etcd grpc-proxy` until a signal ends it. */
export async function runGrpcProxy(argv: readonly string[]): Promise<void> {
  try {
    const flags = parseProxyFlags(argv);
    if (flags === undefined) return void process.stdout.write(proxyUsage);
    const level = flags.isDebug ? "debug" : "info";
    const log = pinoLog({ level, format: "json", outputs: ["stderr"] });
    log.info("Running: ", { args: [process.argv[1] ?? "etcd", "grpc-proxy", ...argv] });
    await start(flags, log);
    notifyReady(log);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

async function start(flags: ProxyFlags, log: Log): Promise<void> {
  const listenInfo = await listenTlsOf(flags, log);
  const tls = listenInfo && (await ServerTls.load(listenInfo, { log, checksRemoteAddress: false }));
  const upstream = upstreamOf(flags, log);
  const channel = new GrpcChannel({
    endpoints: flags.endpoints.map(parseEndpoint),
    tls: upstream,
    dialTimeoutMs,
    receiveBytesMax: flags.receiveBytesMax,
    ...(flags.dialKeepalive && { keepalive: flags.dialKeepalive }),
  });
  const http = probes({
    cluster: channel,
    self: selfChannel(flags, listenInfo, log),
    dialer: new PeerClient({ dialTimeoutMs, ...(upstream && { tls: upstream }) }),
  });
  const proxy = new GrpcProxy({ ...flags, channel, http, clock: nodeClock, tls });
  const address = flags.listenAddress;
  await proxy.listen(addressOf(address));
  log.info("listening for gRPC proxy client requests", { address });
  if (flags.autoSyncMs > 0) {
    setInterval(() => void syncEndpoints(channel, log), flags.autoSyncMs);
  }
  await listenForMetrics(flags, tls, http, log);
  log.info("started gRPC proxy", { address });
}

/** TLS towards clients, made when asked for. */
async function listenTlsOf(flags: ProxyFlags, log: Log): Promise<TlsInfo | undefined> {
  const given = flags.listenTls;
  if (given === undefined) return undefined;
  const isMade = given.certFile === "" && given.keyFile === "" && given.trustedCaFile === "";
  const made = isMade
    ? await selfSignedTls({
        directory: join(flags.dataDirectory, "fixtures", "proxy"),
        hosts: [hostPort(flags.listenAddress).host],
        validityYears: flags.selfSignedCertValidityYears,
        nowMs: Date.now(),
        log,
      })
    : given;
  const { cipherSuites, minVersion, maxVersion, crlFile } = given;
  const info = { ...made, cipherSuites, minVersion, maxVersion, crlFile };
  log.info("gRPC proxy server TLS", { "tls-info": tlsInfoText(info) });
  return info;
}

/** Members may take a certificate with a common name for that user: the proxy's must have none. */
function upstreamOf(
  { upstreamTls }: ProxyFlags,
  log: Log,
): ReturnType<typeof clientTls> | undefined {
  if (upstreamTls === undefined) return undefined;
  requireEmptyCommonName(upstreamTls);
  if (upstreamTls.insecureSkipVerify) {
    log.warn(
      "--insecure-skip-tls-verify was given, this grpc proxy process skips authentication of " +
        "etcd server TLS certificates. This option should be enabled only for testing purposes.",
    );
  }
  log.info("gRPC proxy client TLS", { "tls-info": tlsInfoText(upstreamTls) });
  return clientTls(upstreamTls, log);
}

/** As a client of this proxy would call it, for /proxy/health. */
function selfChannel(
  { advertiseClientUrl }: ProxyFlags,
  info: TlsInfo | undefined,
  log: Log,
): GrpcChannel | undefined {
  if (advertiseClientUrl === "") return undefined;
  log.info("create proxy client", { grpcProxyAdvertiseClientURL: advertiseClientUrl });
  const { certFile = "", keyFile = "", trustedCaFile = "", isSelfSigned = false } = info ?? {};
  const own = { ...noTls, certFile, keyFile, trustedCaFile, isSelfSigned };
  return new GrpcChannel({
    endpoints: [parseEndpoint(advertiseClientUrl)],
    tls: info && clientTls(own, log),
    dialTimeoutMs,
    receiveBytesMax: 4 * 1024 * 1024,
  });
}

async function listenForMetrics(
  { metricsAddress }: ProxyFlags,
  tls: ServerTls | undefined,
  http: RequestListener,
  log: Log,
): Promise<void> {
  if (metricsAddress === "") return;
  const [, scheme, address] = /^(https?):\/\/(.+)$/.exec(metricsAddress) ?? [];
  if (address === undefined) throw new Error(`cannot parse ${JSON.stringify(metricsAddress)}`);
  const secure = scheme === "https" && tls !== undefined ? { tls } : {};
  await new Mux({ ...secure, onHttp1: http }).listen(addressOf(address));
  log.info("gRPC proxy listening for metrics", { address: metricsAddress });
}

const addressOf = (text: string): ListenAddress => hostPort(text);

function hostPort(text: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(text) ?? [];
  if (port === undefined) throw new Error(`listen tcp: address ${text}: missing port in address`);
  return { host: bracketed ?? plain ?? "", port: Number(port) };
}
