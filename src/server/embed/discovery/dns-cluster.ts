// The first members by DNS: SRV records _etcd-server-ssl._tcp and _etcd-server._tcp of a domain
// (embed.Config.GetDNSClusterNames, client/pkg/srv).
import type { Log } from "../../../io/host/index.ts";

export interface ServiceRecord {
  readonly name: string;
  readonly port: number;
}

/** What DNS answers; both reject as a resolver does. */
export interface Resolver {
  services(name: string): Promise<readonly ServiceRecord[]>;
  /** An address of the host, as text. */
  address(host: string): Promise<string>;
}

export interface DnsCluster {
  readonly domain: string;
  /** Suffix of the service's name, or nothing. */
  readonly serviceName: string;
  /** This member's name, and where it says that it is. */
  readonly name: string;
  readonly advertisePeerUrls: readonly string[];
}

/** `name=URL` of every member found, with commas. Throws when none was, or this one is not there. */
export async function dnsCluster(
  options: DnsCluster,
  resolver: Resolver,
  log: Log,
): Promise<string> {
  const found: string[] = [];
  const failures: string[] = [];
  for (const [scheme, base] of [
    ["https", "etcd-server-ssl"],
    ["http", "etcd-server"],
  ] as const) {
    const service = options.serviceName === "" ? base : `${base}-${options.serviceName}`;
    const { nodes, failure } = await nodesOf(options, resolver, { scheme, service });
    log.info(`get cluster for ${base} SRV`, {
      "service-scheme": scheme,
      "service-name": service,
      "server-name": options.name,
      "discovery-srv": options.domain,
      "advertise-peer-urls": options.advertisePeerUrls,
      "found-cluster": nodes,
      ...(failure !== undefined && { error: failure }),
    });
    found.push(...nodes);
    if (failure !== undefined) failures.push(failure);
  }
  if (failures.length > 0) {
    log.warn("failed to resolve during SRV discovery", { error: failures.join("\n") });
  }
  if (found.length === 0) {
    throw new Error(`error setting up initial cluster: ${failures.join("\n")}`);
  }
  for (const node of found) log.info("got bootstrap from DNS for etcd-server", { node });
  if (!found.some((node) => node.startsWith(`${options.name}=`))) {
    throw new Error(
      "error setting up initial cluster: " +
        `cannot find local etcd member ${JSON.stringify(options.name)} in SRV records`,
    );
  }
  return found.join(",");
}

interface Service {
  readonly scheme: "http" | "https";
  readonly service: string;
}

/** Members of one service: those at our own addresses have our name, others are numbered. */
async function nodesOf(
  options: DnsCluster,
  resolver: Resolver,
  { scheme, service }: Service,
): Promise<{ nodes: string[]; failure: string | undefined }> {
  const nodes: string[] = [];
  let failure: string | undefined;
  let numbered = 0;
  try {
    const own = await ownAddresses(options.advertisePeerUrls, resolver);
    for (const { name, port } of await resolver.services(`_${service}._tcp.${options.domain}`)) {
      let at: string;
      try {
        at = `${await resolver.address(name)}:${port}`;
      } catch (error) {
        failure = textOf(error);
        continue;
      }
      const mine = own.get(at);
      const member = mine === undefined ? String(numbered++) : options.name;
      const url = `${scheme}://${hostPort(name.replace(/\.$/, ""), port)}`;
      if (mine === undefined || mine.startsWith(`${scheme}:`)) nodes.push(`${member}=${url}`);
      else failure = mismatch(url, service, mine);
    }
  } catch (error) {
    failure = textOf(error);
  }
  if (nodes.length > 0) return { nodes, failure: undefined };
  if (failure === undefined) return { nodes, failure };
  return { nodes, failure: `error querying DNS SRV records for _${service} ${failure}` };
}

const mismatch = (url: string, service: string, mine: string): string =>
  `bootstrap at ${url} from DNS for ${service} has scheme mismatch with expected peer ${mine}`;

/** Our URLs by the address and port that their host stands for. */
async function ownAddresses(
  urls: readonly string[],
  resolver: Resolver,
): Promise<ReadonlyMap<string, string>> {
  const own = new Map<string, string>();
  for (const text of urls) {
    const { hostname, port, protocol } = new URL(text);
    const host = hostname.replace(/^\[|\]$/g, "");
    const number = port === "" ? (protocol === "https:" ? "443" : "80") : port;
    own.set(`${await resolver.address(host)}:${number}`, text);
  }
  return own;
}

const hostPort = (host: string, port: number): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
