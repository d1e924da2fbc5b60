// What etcd says of a URL it does not take: Go's url.Parse first, then types.NewURLs, in their words.

const hostCharacters = /^[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"\u0080-\uffff]*$/;

/** Undefined for a URL that etcd takes: http or https with a port and no path, unix or unixs. */
export function urlProblem(text: string): string | undefined {
  const whole = text.split("#", 1)[0]!;
  const wrong = (why: string): string => `parse ${JSON.stringify(text)}: ${why}`;
  // oxlint-disable-next-line no-control-regex -- Go's stringContainsCTLByte
  if (/[\u0000-\u001f\u007f]/.test(text)) return wrong("net/url: invalid control character in URL");
  if (whole.startsWith(":")) return wrong("missing protocol scheme");
  const [, named = "", behind = whole] = /^([a-zA-Z][a-zA-Z0-9+.-]*):([^]*)$/.exec(whole) ?? [];
  const scheme = named.toLowerCase();
  const rest = behind.split("?", 1)[0]!;
  if (scheme === "" && !rest.startsWith("/") && rest.split("/", 1)[0]!.includes(":")) {
    return wrong("first path segment in URL cannot contain colon");
  }
  const [, authority = "", path = rest] = /^\/\/([^/]*)([^]*)$/.exec(rest) ?? [];
  const isOpaque = scheme !== "" && !rest.startsWith("/");
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const problem = hostProblem(scheme, host) ?? userProblem(authority) ?? escapeProblem(path, false);
  if (!isOpaque && problem !== undefined) return wrong(problem);
  if (scheme === "unix" || scheme === "unixs") return undefined;
  if (scheme !== "http" && scheme !== "https") {
    return `URL scheme must be http, https, unix, or unixs: ${text}`;
  }
  if (isOpaque || !/^(?:\[[^\]]*\]|[^:[\]]*):\d*$/.test(host)) {
    return `URL address does not have the form "host:port": ${text}`;
  }
  return path === "" ? undefined : `URL must not contain a path: ${text}`;
}

function hostProblem(scheme: string, host: string): string | undefined {
  const open = host.lastIndexOf("[");
  if (open > 0) return "invalid IP-literal";
  if (open === 0) {
    const close = host.lastIndexOf("]");
    if (close < 0) return "missing ']' in host";
    const inner = host.slice(1, close);
    return (
      portProblem(host.slice(close + 1)) ?? escapeProblem(inner, true) ?? addressProblem(inner)
    );
  }
  const isStrict = scheme === "http" || scheme === "https";
  const colon = isStrict ? host.indexOf(":") : host.lastIndexOf(":");
  const port = colon < 0 ? undefined : portProblem(host.slice(colon));
  return port ?? escapeProblem(host, true);
}

const portProblem = (colonPort: string): string | undefined =>
  /^(?::\d*)?$/.test(colonPort)
    ? undefined
    : `invalid port ${JSON.stringify(colonPort)} after host`;

/** Escapes are whole; in a host they stand for what is not ASCII. */
function escapeProblem(text: string, isHost: boolean): string | undefined {
  const bad = /%(?![0-9a-fA-F]{2})[^]{0,2}/.exec(text)?.[0];
  if (bad !== undefined) return `invalid URL escape ${JSON.stringify(bad)}`;
  if (!isHost) return undefined;
  const ascii = /%(?!25)[0-7][0-9a-fA-F]/.exec(text)?.[0];
  if (ascii !== undefined) return `invalid URL escape ${JSON.stringify(ascii)}`;
  const plain = text.replaceAll(/%[0-9a-fA-F]{2}/g, "");
  if (hostCharacters.test(plain)) return undefined;
  const odd = plain.split("").find((character) => !hostCharacters.test(character));
  return `invalid character ${JSON.stringify(odd)} in host name`;
}

const userProblem = (authority: string): string | undefined => {
  const user = authority.slice(0, Math.max(0, authority.lastIndexOf("@")));
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) return "net/url: invalid userinfo";
  return escapeProblem(user, false);
};

/** Only an IPv6 address stands in brackets (netip.ParseAddr). */
function addressProblem(inner: string): string | undefined {
  const [address = "", zone] = inner.split("%25", 2);
  if (/^\d+(\.\d+){3}$/.test(address)) return "invalid IP-literal";
  if (isIPv6(address) && zone !== "") return undefined;
  return `invalid host: ParseAddr(${JSON.stringify(inner)}): unable to parse IP`;
}

function isIPv6(text: string): boolean {
  const [, head = text, last] = /^(.*:)((?:\d{1,3}\.){3}\d{1,3})$/.exec(text) ?? [];
  if (last?.split(".").some((part) => Number(part) > 255 || /^0\d/.test(part))) return false;
  const groups = last === undefined ? head : `${head}0:0`;
  const halves = groups.split("::");
  if (halves.length > 2) return false;
  const parts = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  if (!parts.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return false;
  return halves.length === 2 ? parts.length < 8 : parts.length === 8;
}
