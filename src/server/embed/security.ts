// Makes TLS real: certificates of our own making, files read and checked, and etcd's lines about it.
import { join } from "node:path";
import type { Log } from "../../io/host/index.ts";
import {
  checkCipherSuites,
  type ClientTls,
  clientTls,
  isEmptyTls,
  type Rejection,
  selfSignedTls,
  ServerTls,
  type TlsInfo,
  tlsInfoText,
} from "../../io/http/index.ts";
import type { Config } from "./config.ts";
import type { ListenUrl } from "./urls.ts";

/** TLS as it will be spoken: after --auto-tls. */
export interface Security {
  readonly client: TlsInfo;
  readonly peer: TlsInfo;
}

export async function prepareSecurity(config: Config, log: Log): Promise<Security> {
  checkCipherSuites(config.peerTls.cipherSuites);
  const peer = await ownOrGiven("peer", config.peerTls, config.peerAutoTls, config, log, [
    ...config.listenPeerUrls,
  ]);
  if (!isEmptyTls(peer)) log.info("starting with peer TLS", tlsFields(peer));
  for (const { scheme, text } of config.listenPeerUrls) {
    if (scheme !== "http") continue;
    warnIgnored(log, peer, "HTTP", { "peer-url": text }, "--peer-client-cert-auth");
  }
  const client = await ownOrGiven("client", config.clientTls, config.clientAutoTls, config, log, [
    ...config.listenClientUrls,
    ...config.listenClientHttpUrls,
  ]);
  for (const { scheme, text } of [...config.listenClientUrls, ...config.listenClientHttpUrls]) {
    if (scheme === "http" || scheme === "unix") {
      warnIgnored(log, client, "http or unix", { "client-url": text }, "--client-cert-auth");
    } else if (isEmptyTls(client)) {
      throw new Error(
        `TLS key/cert (--cert-file, --key-file) must be provided for client url ${text} ` +
          "with HTTPS scheme",
      );
    }
  }
  return { client, peer };
}

/** What a listener of this URL speaks; undefined in clear. */
export async function tlsOf(
  { scheme, host, port }: ListenUrl,
  info: TlsInfo,
  options: { readonly log: Log; readonly checksRemoteAddress: boolean },
): Promise<ServerTls | undefined> {
  if (scheme === "http" || scheme === "unix") return undefined;
  if (isEmptyTls(info)) {
    const address = port === 0 ? host : `${host}:${port}`;
    throw new Error(`cannot listen on TLS for ${address}: KeyFile and CertFile are not presented`);
  }
  return ServerTls.load(info, options);
}

/** TLS of our own calls to peers: for `PeerClient`. */
export const peerClientTls = (security: Security, log: Log): ClientTls =>
  clientTls(security.peer, log);

/** etcd's line about a connection that came to nothing (embed/config_logging.go). */
export function logRejected(log: Log, endpoint: "client" | "peer", rejection: Rejection): void {
  const { names, error } = rejection;
  const level = rejection.isEof ? "debug" : "warn";
  log[level](`rejected connection on ${endpoint} endpoint`, {
    "remote-addr": rejection.remoteAddress,
    "server-name": rejection.serverName,
    ...(names && { "ip-addresses": names.ipAddresses, "dns-names": names.dnsNames }),
    error,
  });
}

async function ownOrGiven(
  side: "client" | "peer",
  given: TlsInfo,
  isAuto: boolean,
  config: Config,
  log: Log,
  urls: readonly ListenUrl[],
): Promise<TlsInfo> {
  if (!isAuto) return given;
  if (!isEmptyTls(given)) {
    log.warn(`ignoring ${side} auto TLS since certs given`);
    return given;
  }
  const made = await selfSignedTls({
    directory: join(config.dataDirectory, "fixtures", side),
    hosts: urls.filter(({ scheme }) => !scheme.startsWith("unix")).map(({ host }) => host),
    validityYears: config.selfSignedCertValidityYears,
    nowMs: Date.now(),
    log,
  });
  const { cipherSuites, minVersion, maxVersion } = given;
  return { ...made, cipherSuites, minVersion, maxVersion };
}

const tlsFields = (info: TlsInfo): Record<string, unknown> => ({
  "tls-info": tlsInfoText(info),
  "cipher-suites": info.cipherSuites,
});

/** Said once the clients are served. */
export function logClientTls(log: Log, security: Security): void {
  if (!isEmptyTls(security.client))
    log.info("starting with client TLS", tlsFields(security.client));
}

function warnIgnored(
  log: Log,
  info: TlsInfo,
  schemes: string,
  fields: Record<string, string>,
  authFlag: string,
): void {
  if (!isEmptyTls(info)) {
    const what = "while key and cert files are present; ignoring key and cert files";
    log.warn(`scheme is ${schemes} ${what}`, fields);
  }
  if (info.clientCertAuth) {
    const what = `while ${authFlag} is enabled; ignoring client cert auth for this URL`;
    log.warn(`scheme is ${schemes} ${what}`, fields);
  }
}
