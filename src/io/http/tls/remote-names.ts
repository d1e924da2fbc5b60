// Whether a client comes from where its certificate says (client/pkg/transport/listener_tls.go,
// checkCertSAN): by address, or by name through DNS in either direction.
import { promises as dns } from "node:dns";
import { type CertificateNames, canonicalIp, whyNotValidFor } from "./host-names.ts";

/** The resolver, as far as it is asked here. */
export interface Resolver {
  reverse(address: string): Promise<string[]>;
  lookup(name: string): Promise<string[]>;
}

export const systemResolver: Resolver = {
  // getnameinfo looks into /etc/hosts first, as Go's resolver does.
  reverse: async (address) => [(await dns.lookupService(address, 0)).hostname],
  lookup: async (name) => (await dns.lookup(name, { all: true })).map(({ address }) => address),
};

/** Undefined when the certificate may come from `address`, else why not, in etcd's words. */
export async function whyNotFrom(
  names: CertificateNames,
  address: string | undefined,
  resolver: Resolver,
): Promise<string | undefined> {
  const { ipAddresses, dnsNames } = names;
  if (ipAddresses.length === 0 && dnsNames.length === 0) return undefined;
  if (address === undefined) return "address @: missing port in address";
  const host = canonicalIp(address);
  if (ipAddresses.length > 0) {
    const why = whyNotValidFor(names, host);
    if (why === undefined || dnsNames.length === 0) return why;
  }
  const failure = await whyNotInDns(host, dnsNames, resolver);
  if (failure === undefined) return undefined;
  const list = dnsNames.map((name) => JSON.stringify(name)).join(" ");
  const reason = failure === "" ? "" : ` (${failure})`;
  return `tls: ${JSON.stringify(host)} does not match any of DNSNames [${list}]${reason}`;
}

/** Undefined: the host bears one of the names. Else the last failure to ask, or "". */
async function whyNotInDns(
  host: string,
  dnsNames: readonly string[],
  resolver: Resolver,
): Promise<string | undefined> {
  const names = dnsNames.filter((name) => !name.startsWith("*."));
  const suffixes = dnsNames.filter((name) => name.startsWith("*.")).map((name) => name.slice(1));
  let failure = "";
  const ask = async (question: Promise<string[]>): Promise<string[]> => {
    try {
      return await question;
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      return [];
    }
  };
  for (const name of await ask(resolver.reverse(host))) {
    const bare = name.replace(/\.$/, "");
    if (names.includes(bare) || suffixes.some((suffix) => bare.endsWith(suffix))) return undefined;
  }
  for (const name of names) {
    const found = await ask(resolver.lookup(name));
    if (found.some((address) => canonicalIp(address) === host)) return undefined;
  }
  return failure;
}
