// Whether a certificate is valid for a name, by the rules and in the words of Go's crypto/x509
// (verify.go, VerifyHostname): subject alternative names alone count, never the common name.
import { isIP, isIPv6 } from "node:net";

/** What a certificate says of its bearer. */
export interface CertificateNames {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  /** In the form Go prints them. */
  readonly ipAddresses: readonly string[];
}

/** The fields of node:crypto's X509Certificate that are read here. */
export interface NamedCertificate {
  readonly subject: string | undefined;
  readonly subjectAltName: string | undefined;
}

export function namesOf(certificate: NamedCertificate): CertificateNames {
  const dnsNames: string[] = [];
  const ipAddresses: string[] = [];
  for (const entry of splitNames(certificate.subjectAltName ?? "")) {
    if (entry.startsWith("DNS:")) dnsNames.push(unquoted(entry.slice("DNS:".length)));
    else if (entry.startsWith("IP Address:")) {
      ipAddresses.push(canonicalIp(entry.slice("IP Address:".length)));
    }
  }
  return { commonName: commonNameOf(certificate.subject ?? ""), dnsNames, ipAddresses };
}

/** Undefined when the certificate is valid for `host`, else why not. */
export function whyNotValidFor(names: CertificateNames, host: string): string | undefined {
  const bare = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
  if (isIP(bare) !== 0) {
    return names.ipAddresses.includes(canonicalIp(bare)) ? undefined : refusal(names, host, true);
  }
  const candidate = lowerAscii(host);
  const isName = isHostName(candidate, { isPattern: false });
  for (const pattern of names.dnsNames) {
    const isMatch =
      isName && isHostName(pattern, { isPattern: true })
        ? matchesPattern(pattern, candidate)
        : matchesExactly(pattern, candidate);
    if (isMatch) return undefined;
  }
  return refusal(names, host, false);
}

function refusal(names: CertificateNames, host: string, isAddress: boolean): string {
  const { dnsNames, ipAddresses, commonName } = names;
  const hasNames = dnsNames.length > 0 || ipAddresses.length > 0;
  if (!hasNames && isHostName(commonName, { isPattern: true })) {
    return "x509: certificate relies on legacy Common Name field, use SANs instead";
  }
  if (isAddress && ipAddresses.length === 0) {
    return `x509: cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
  }
  const valid = (isAddress ? ipAddresses : dnsNames).join(", ");
  return valid === ""
    ? `x509: certificate is not valid for any names, but wanted to match ${host}`
    : `x509: certificate is valid for ${valid}, not ${host}`;
}

/** `a.b` matches `*.b`; a star stands for one whole first label and nothing else. */
function matchesPattern(pattern: string, host: string): boolean {
  const labels = lowerAscii(pattern.replace(/\.$/, "")).split(".");
  const parts = host.replace(/\.$/, "").split(".");
  if (labels.length !== parts.length || host === "") return false;
  return labels.every((label, at) => (at === 0 && label === "*") || label === parts[at]);
}

const matchesExactly = (pattern: string, host: string): boolean =>
  pattern !== "" && pattern !== "." && host !== "" && host !== "." && lowerAscii(pattern) === host;

function isHostName(name: string, { isPattern }: { isPattern: boolean }): boolean {
  const host = isPattern ? name : name.replace(/\.$/, "");
  if (host === "" || host === "*") return false;
  return host.split(".").every((label, at) => {
    if (isPattern && at === 0 && label === "*") return true;
    return /^[a-zA-Z0-9_:][a-zA-Z0-9_:-]*$/.test(label);
  });
}

const lowerAscii = (text: string): string =>
  text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

/** OpenSSL quotes a name that holds a comma or control character, as JSON does. */
function splitNames(list: string): string[] {
  return list.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g)?.map((entry) => entry.trimStart()) ?? [];
}

function unquoted(name: string): string {
  if (!name.startsWith('"')) return name;
  try {
    return String(JSON.parse(name));
  } catch {
    return name;
  }
}

/** The last CN of a subject, as Go takes it; Node prints one attribute to a line, escaped. */
function commonNameOf(subject: string): string {
  let name = "";
  for (const line of subject.split(/\n|(?<!\\)\+(?=[A-Z]+=)/)) {
    if (line.startsWith("CN=")) name = line.slice("CN=".length);
  }
  return name.replaceAll(/\\([,+"\\<>;#= ])/g, "$1");
}

/** One text for one address, however it was written; a v4 address in v6 clothes is v4, as in Go. */
export function canonicalIp(address: string): string {
  if (!isIPv6(address)) return address;
  const text = new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(text) ?? [];
  if (high === undefined || low === undefined) return text;
  const bits = (Number.parseInt(high, 16) << 16) | Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
}
