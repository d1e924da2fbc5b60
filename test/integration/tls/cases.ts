// Who may come in where: one row for each way to configure a port, with everybody who tries.
import type { SecureVersion } from "node:tls";
import type { Cast } from "./cast.ts";

/** How a client that is let in or not would connect. */
export interface Client {
  /** A name of the cast. */
  readonly as: string;
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
  /** OpenSSL's names. */
  readonly ciphers?: string;
  readonly alpn?: readonly string[];
}

export interface PortCase {
  readonly name: string;
  /** The metrics port has the client port's files and flags. */
  readonly port: "client" | "peer" | "metrics";
  /** etcd's flags; those of certificate and key are given unless named here. */
  readonly flags: readonly string[];
  /** Go's HTTP/2 server wants an AES-128-GCM suite among those named; ours does not. */
  readonly etcdDies?: true;
  readonly accepts: readonly (string | Client)[];
  readonly refuses: readonly (string | Client)[];
}

const tls12 = { maxVersion: "TLSv1.2" } as const;
const tls13 = { minVersion: "TLSv1.3" } as const;
const tls11 = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL@SECLEVEL=0" } as const;
const only = (ciphers: string): Client => ({ as: "good", ...tls12, ciphers });

/** Verified chains in, whatever their names say. */
const trusted = [
  "good",
  "rsa",
  "for-clients-only",
  "for-anything",
  "with-chain",
  "alice",
  "nameless",
  "revoked",
];
const untrusted = [
  "nobody",
  "expired",
  "not-yet",
  "of-other-ca",
  "self-signed",
  "for-servers-only",
  "without-chain",
  "same-serial-other-ca",
];
const oddNames = [
  "without-names",
  "of-another-address",
  "of-another-name",
  "of-ipv6",
  "of-this-name",
  "of-another-address-and-this-name",
  "wildcard",
];

function authenticationCases({ ca, files }: Cast): PortCase[] {
  const port = "client";
  const trust = `--trusted-ca-file=${ca.certFile}`;
  const auth = ["--client-cert-auth", trust];
  return [
    {
      name: "TLS alone asks for no certificate",
      port,
      flags: [],
      accepts: ["nobody", "good", "expired", "of-other-ca", "self-signed", "revoked"],
      refuses: [],
    },
    {
      name: "a trusted CA alone demands a certificate",
      port,
      flags: [trust],
      accepts: [...trusted, ...oddNames],
      refuses: untrusted,
    },
    {
      name: "client-cert-auth demands one of the CA",
      port,
      flags: auth,
      accepts: [...trusted.map((as) => ({ as, ...tls12 })), ...oddNames],
      refuses: untrusted.map((as) => ({ as, ...tls12 })),
    },
    {
      name: "a CRL refuses serial numbers, whoever issued them",
      port,
      flags: [
        "--client-cert-auth",
        `--trusted-ca-file=${files["bothCas"]}`,
        `--client-crl-file=${files["crl"]}`,
      ],
      accepts: ["good", "with-chain", "alice", "of-other-ca"],
      refuses: ["revoked", "of-revoked-intermediate", "same-serial-other-ca", "nobody"],
    },
    {
      name: "an empty CRL refuses nobody",
      port,
      flags: [...auth, `--client-crl-file=${files["emptyCrl"]}`],
      accepts: ["good", "revoked", "of-revoked-intermediate"],
      refuses: ["nobody"],
    },
    {
      name: "a CRL that cannot be read refuses everybody",
      port,
      flags: [...auth, `--client-crl-file=${files["brokenCrl"]}`],
      accepts: [],
      refuses: ["good", "revoked"],
    },
    {
      name: "a CRL that is not there refuses everybody with a certificate",
      port,
      flags: [`--client-crl-file=${files["noCrl"]}`],
      accepts: ["nobody"],
      refuses: [],
    },
  ];
}

function trustCases({ ca, intermediate, files }: Cast): PortCase[] {
  const port = "client";
  const auth = ["--client-cert-auth", `--trusted-ca-file=${ca.certFile}`];
  const hostname = (names: string): string => `--client-cert-allowed-hostname=${names}`;
  return [
    {
      name: "two CAs in one file",
      port,
      flags: ["--client-cert-auth", `--trusted-ca-file=${files["bothCas"]}`],
      accepts: ["good", "of-other-ca", "with-chain"],
      refuses: ["nobody", "self-signed", "expired"],
    },
    {
      name: "a CA file with none in it",
      port,
      flags: ["--client-cert-auth", `--trusted-ca-file=${files["noCas"]}`],
      accepts: [],
      refuses: ["nobody", "good", "of-other-ca"],
    },
    {
      name: "an intermediate for an anchor",
      port,
      flags: ["--client-cert-auth", `--trusted-ca-file=${intermediate.certFile}`],
      accepts: ["with-chain", "without-chain"],
      refuses: ["good", "nobody", "of-revoked-intermediate"],
    },
    {
      name: "an allowed name",
      port,
      flags: [...auth, hostname("LocalHost")],
      accepts: ["good", "of-this-name", "of-another-address-and-this-name"],
      refuses: ["of-this-address", "of-another-name", "without-names", "wildcard", "nobody"],
    },
    {
      name: "an allowed address, and a name under a wildcard",
      port,
      flags: [...auth, hostname("10.1.2.3,a.example.com")],
      accepts: ["of-another-address", "of-another-address-and-this-name", "wildcard"],
      refuses: ["good", "of-ipv6", "nobody"],
    },
  ];
}

function versionCases(): PortCase[] {
  const port = "client";
  return [
    {
      name: "from TLS 1.2 on",
      port,
      flags: [],
      accepts: [
        { as: "good", ...tls12 },
        { as: "good", ...tls13 },
      ],
      refuses: [{ as: "good", ...tls11 }],
    },
    {
      name: "TLS 1.3 alone",
      port,
      flags: ["--tls-min-version=TLS1.3"],
      accepts: [{ as: "good", ...tls13 }, "good"],
      refuses: [
        { as: "good", ...tls12 },
        { as: "good", ...tls11 },
      ],
    },
    {
      name: "TLS 1.2 alone",
      port,
      flags: ["--tls-max-version=TLS1.2"],
      accepts: [{ as: "good", ...tls12 }, "good"],
      refuses: [{ as: "good", ...tls13 }],
    },
  ];
}

function suiteCases({ rsaServer }: Cast): PortCase[] {
  const port = "client";
  const rsa = [`--cert-file=${rsaServer.certFile}`, `--key-file=${rsaServer.keyFile}`];
  return [
    {
      name: "the suites that are safe",
      port,
      flags: rsa,
      accepts: [
        only("ECDHE-RSA-AES128-GCM-SHA256"),
        only("ECDHE-RSA-AES256-GCM-SHA384"),
        only("ECDHE-RSA-CHACHA20-POLY1305"),
        only("ECDHE-RSA-AES128-SHA"),
      ],
      refuses: [
        only("AES128-GCM-SHA256"),
        only("AES256-SHA"),
        only("DHE-RSA-AES128-GCM-SHA256"),
        only("ECDHE-RSA-AES128-SHA256"),
        only("ECDHE-ECDSA-AES128-GCM-SHA256"),
      ],
    },
    {
      name: "the suites that are named",
      port,
      flags: [
        ...rsa,
        "--cipher-suites=TLS_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      ],
      accepts: [
        only("AES128-GCM-SHA256"),
        only("ECDHE-RSA-AES128-GCM-SHA256"),
        { as: "good", ...tls13 },
      ],
      refuses: [only("ECDHE-RSA-AES256-GCM-SHA384"), only("ECDHE-RSA-CHACHA20-POLY1305")],
    },
    {
      name: "a suite of TLS 1.3 named leaves none for TLS 1.2",
      port,
      flags: ["--cipher-suites=TLS_AES_128_GCM_SHA256"],
      etcdDies: true,
      accepts: [{ as: "good", ...tls13 }],
      refuses: [{ as: "good", ...tls12 }],
    },
    {
      name: "protocols by ALPN",
      port,
      flags: [],
      accepts: [{ as: "good", alpn: ["http/1.1"] }],
      refuses: [{ as: "good", alpn: ["spdy/3"] }],
    },
  ];
}

function peerPortCases({ ca }: Cast): PortCase[] {
  const port = "peer";
  const trust = `--peer-trusted-ca-file=${ca.certFile}`;
  const auth = ["--peer-client-cert-auth", trust];
  const skip = "--peer-skip-client-san-verification";
  return [
    {
      name: "a peer must come from where its certificate says",
      port,
      flags: auth,
      accepts: [
        ...trusted,
        "without-names",
        "of-this-name",
        "of-this-address",
        "of-another-address-and-this-name",
        "wildcard",
      ],
      refuses: [...untrusted, "of-another-address", "of-another-name", "of-ipv6"],
    },
    {
      name: "unless that is not asked",
      port,
      flags: [...auth, skip],
      accepts: [...trusted, ...oddNames],
      refuses: untrusted,
    },
    {
      name: "a trusted CA alone demands a peer's certificate",
      port,
      flags: [trust],
      accepts: ["good"],
      refuses: ["nobody", "of-other-ca", "of-another-address"],
    },
  ];
}

function peerNameCases({ ca, files }: Cast): PortCase[] {
  const port = "peer";
  const auth = ["--peer-client-cert-auth", `--peer-trusted-ca-file=${ca.certFile}`];
  const skip = "--peer-skip-client-san-verification";
  return [
    {
      name: "an allowed common name",
      port,
      flags: [...auth, "--peer-cert-allowed-cn=alice"],
      accepts: ["alice"],
      refuses: ["Alice", "good", "nameless", "nobody"],
    },
    {
      name: "several allowed common names",
      port,
      flags: [...auth, "--peer-cert-allowed-cn=bob,Alice,client"],
      accepts: ["Alice", "good", "with-chain"],
      refuses: ["alice", "nameless", "of-other-ca"],
    },
    {
      name: "an allowed name of a peer",
      port,
      flags: [...auth, skip, "--peer-cert-allowed-hostname=other.example.com,::1"],
      accepts: ["of-another-name", "of-ipv6", "wildcard"],
      refuses: ["good", "of-this-name", "nobody"],
    },
    {
      name: "a CRL of peers",
      port,
      flags: [...auth, `--peer-crl-file=${files["crl"]}`],
      accepts: ["good", "with-chain"],
      refuses: ["revoked", "of-revoked-intermediate", "of-another-name"],
    },
    {
      name: "TLS alone for peers",
      port,
      flags: [],
      accepts: ["nobody", "good", "of-another-name"],
      refuses: [{ as: "good", ...tls11 }],
    },
  ];
}

function peerProtocolCases({ rsaServer }: Cast): PortCase[] {
  const port = "peer";
  const rsa = [`--peer-cert-file=${rsaServer.certFile}`, `--peer-key-file=${rsaServer.keyFile}`];
  return [
    {
      name: "peers by TLS 1.3 alone",
      port,
      flags: ["--tls-min-version=TLS1.3"],
      accepts: [{ as: "good", ...tls13 }, "good"],
      refuses: [{ as: "good", ...tls12 }],
    },
    {
      name: "peers by TLS 1.2 alone",
      port,
      flags: ["--tls-max-version=TLS1.2"],
      accepts: [{ as: "good", ...tls12 }],
      refuses: [{ as: "good", ...tls13 }],
    },
    {
      name: "the suites of peers that are named",
      port,
      flags: [...rsa, "--cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
      accepts: [only("ECDHE-RSA-AES128-GCM-SHA256"), { as: "good", ...tls13 }],
      refuses: [only("ECDHE-RSA-AES256-GCM-SHA384"), only("AES128-GCM-SHA256")],
    },
  ];
}

function metricsCases({ ca, rsaServer, files }: Cast): PortCase[] {
  const port = "metrics";
  const auth = ["--client-cert-auth", `--trusted-ca-file=${ca.certFile}`];
  const rsa = [`--cert-file=${rsaServer.certFile}`, `--key-file=${rsaServer.keyFile}`];
  return [
    {
      name: "TLS alone for metrics",
      port,
      flags: [],
      accepts: ["nobody", "good", "of-another-name", { as: "good", alpn: ["http/1.1"] }],
      refuses: [{ as: "good", ...tls11 }],
    },
    {
      name: "who reads metrics must come from where its certificate says",
      port,
      flags: auth,
      accepts: [...trusted, "without-names", "of-this-name", "of-this-address", "wildcard"],
      refuses: [...untrusted, "of-another-address", "of-another-name", "of-ipv6"],
    },
    {
      name: "a CRL of who reads metrics",
      port,
      flags: [...auth, `--client-crl-file=${files["crl"]}`],
      accepts: ["good", "with-chain"],
      refuses: ["revoked", "of-revoked-intermediate", "nobody"],
    },
    {
      name: "an allowed name of who reads metrics",
      port,
      flags: [...auth, "--client-cert-allowed-hostname=localhost"],
      accepts: ["good", "of-this-name"],
      refuses: ["of-this-address", "wildcard", "nobody"],
    },
    {
      name: "metrics by TLS 1.3 alone",
      port,
      flags: ["--tls-min-version=TLS1.3"],
      accepts: [{ as: "good", ...tls13 }],
      refuses: [{ as: "good", ...tls12 }],
    },
    {
      name: "metrics by TLS 1.2 and a suite that is named",
      port,
      flags: [
        ...rsa,
        "--tls-max-version=TLS1.2",
        "--cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      ],
      accepts: [only("ECDHE-RSA-AES128-GCM-SHA256")],
      refuses: [only("ECDHE-RSA-AES256-GCM-SHA384"), { as: "good", ...tls13 }],
    },
  ];
}

export const portCases = (cast: Cast): PortCase[] => [
  ...authenticationCases(cast),
  ...trustCases(cast),
  ...versionCases(),
  ...suiteCases(cast),
  ...peerPortCases(cast),
  ...peerNameCases(cast),
  ...peerProtocolCases(cast),
  ...metricsCases(cast),
];
