// The part of the configuration that is about TLS, with the checks and texts of embed.Config.
import { noTls, type TlsInfo, type TlsVersion } from "../../io/http/index.ts";

export interface SecurityConfig {
  readonly clientTls: TlsInfo;
  readonly peerTls: TlsInfo;
  /** Make a certificate ourselves when none is given. */
  readonly clientAutoTls: boolean;
  readonly peerAutoTls: boolean;
  readonly selfSignedCertValidityYears: number;
}

/** Reads flag values by name. `text` gives "" for what was not set. */
export function readSecurity(text: (name: string) => string): SecurityConfig {
  const bool = (name: string): boolean => text(name) === "true";
  // Kept in order and with repetitions, as Go's StringsValue does.
  const list = (name: string): string[] => (text(name) === "" ? [] : text(name).split(","));
  const common = {
    ...noTls,
    cipherSuites: list("cipher-suites"),
    minVersion: text("tls-min-version") as TlsVersion,
    maxVersion: text("tls-max-version") as TlsVersion,
  };
  return {
    clientTls: {
      ...common,
      certFile: text("cert-file"),
      keyFile: text("key-file"),
      clientCertFile: text("client-cert-file"),
      clientKeyFile: text("client-key-file"),
      trustedCaFile: text("trusted-ca-file"),
      clientCertAuth: bool("client-cert-auth"),
      crlFile: text("client-crl-file"),
      // These two can be said in a configuration file alone.
      allowedCommonNames: list(fileOnly.clientAllowedCommonNames),
      skipClientSanVerify: bool(fileOnly.clientSkipSanVerification),
      allowedHostnames: list("client-cert-allowed-hostname"),
    },
    peerTls: {
      ...common,
      certFile: text("peer-cert-file"),
      keyFile: text("peer-key-file"),
      clientCertFile: text("peer-client-cert-file"),
      clientKeyFile: text("peer-client-key-file"),
      trustedCaFile: text("peer-trusted-ca-file"),
      clientCertAuth: bool("peer-client-cert-auth"),
      crlFile: text("peer-crl-file"),
      allowedCommonNames: list("peer-cert-allowed-cn"),
      allowedHostnames: list("peer-cert-allowed-hostname"),
      skipClientSanVerify: bool("peer-skip-client-san-verification"),
    },
    clientAutoTls: bool("auto-tls"),
    peerAutoTls: bool("peer-auto-tls"),
    selfSignedCertValidityYears: Number(text("self-signed-cert-validity")),
  };
}

/** What a configuration file can say and no flag: names in the table of values, not in that of flags. */
export const fileOnly = {
  clientAllowedCommonNames: "client-transport-security.allowed-cn",
  clientSkipSanVerification: "client-transport-security.skip-client-san-verification",
} as const;

/** Throws with etcd's text; comes last among the checks, as in embed.Config.Validate. */
export function checkSecurity(config: SecurityConfig): void {
  const { minVersion, maxVersion, cipherSuites } = config.clientTls;
  for (const version of [minVersion, maxVersion]) {
    if (!["", "TLS1.2", "TLS1.3"].includes(version)) {
      const given = JSON.stringify(version);
      throw new Error(`unexpected TLS version ${given} (must be one of: TLS1.2, TLS1.3)`);
    }
  }
  if (maxVersion !== "" && minVersion > maxVersion) {
    throw new Error(`min version (${minVersion}) is greater than max version (${maxVersion})`);
  }
  if (minVersion === "TLS1.3" && cipherSuites.length > 0) {
    throw new Error("cipher suites cannot be configured when only TLS1.3 is enabled");
  }
}
