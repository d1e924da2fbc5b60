// Go's names of cipher suites, and OpenSSL's (client/pkg/tlsutil/cipher_suites.go; crypto/tls).

/** TLS 1.2 and older, in the order we prefer them; those after the gap only when asked for. */
const goNames: Readonly<Record<string, string>> = {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: "ECDHE-ECDSA-AES128-GCM-SHA256",
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: "ECDHE-RSA-AES128-GCM-SHA256",
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: "ECDHE-ECDSA-AES256-GCM-SHA384",
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: "ECDHE-RSA-AES256-GCM-SHA384",
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-ECDSA-CHACHA20-POLY1305",
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-RSA-CHACHA20-POLY1305",
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: "ECDHE-ECDSA-AES128-SHA",
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: "ECDHE-RSA-AES128-SHA",
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: "ECDHE-ECDSA-AES256-SHA",
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: "ECDHE-RSA-AES256-SHA",
};
const onlyWhenNamed: Readonly<Record<string, string>> = {
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305: "ECDHE-ECDSA-CHACHA20-POLY1305",
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305: "ECDHE-RSA-CHACHA20-POLY1305",
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: "ECDHE-ECDSA-AES128-SHA256",
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: "ECDHE-RSA-AES128-SHA256",
  TLS_RSA_WITH_AES_128_GCM_SHA256: "AES128-GCM-SHA256",
  TLS_RSA_WITH_AES_256_GCM_SHA384: "AES256-GCM-SHA384",
  TLS_RSA_WITH_AES_128_CBC_SHA256: "AES128-SHA256",
  TLS_RSA_WITH_AES_128_CBC_SHA: "AES128-SHA",
  TLS_RSA_WITH_AES_256_CBC_SHA: "AES256-SHA",
  // Known to Go; this OpenSSL has them no more, so nobody can choose them.
  TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA: "",
  TLS_RSA_WITH_3DES_EDE_CBC_SHA: "",
  TLS_ECDHE_ECDSA_WITH_RC4_128_SHA: "",
  TLS_ECDHE_RSA_WITH_RC4_128_SHA: "",
  TLS_RSA_WITH_RC4_128_SHA: "",
};

/** TLS 1.3 has these and no choice: Go offers none, and neither do we. */
const tls13Suites = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
];

const known = new Map([
  ...Object.entries(goNames),
  ...Object.entries(onlyWhenNamed),
  ...tls13Suites.map((name) => [name, ""] as const),
]);

/** Throws with etcd's text when a name is not Go's. */
export function checkCipherSuites(names: readonly string[]): void {
  for (const name of names) {
    if (!known.has(name)) throw new Error(`unexpected TLS cipher suite ${JSON.stringify(name)}`);
  }
}

/** Node's `ciphers` for the suites named, or for Go's choice when none is. */
export function openSslCiphers(names: readonly string[]): string {
  const chosen = new Set(names.map((name) => known.get(name)));
  const older = names.length === 0 ? Object.values(goNames) : [...new Set(known.values())];
  const taken = older.filter((name) => name !== "" && (names.length === 0 || chosen.has(name)));
  return [...tls13Suites, ...taken].join(":");
}
