// What an operator says about one side's TLS: etcd's transport.TLSInfo (client/pkg/transport).

/** As `--tls-min-version` and `--tls-max-version` write it; empty leaves it to the library. */
export type TlsVersion = "" | "TLS1.2" | "TLS1.3";

export interface TlsInfo {
  /** The server's certificate; a client's too, unless `clientCertFile` names another. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCertFile: string;
  readonly clientKeyFile: string;
  /** Whom we trust. With it alone a server already demands a certificate of its clients. */
  readonly trustedCaFile: string;
  readonly clientCertAuth: boolean;
  /** Revoked serial numbers (DER); read anew at each handshake. */
  readonly crlFile: string;
  /** Common names one of which the other end must bear; excludes `allowedHostnames`. */
  readonly allowedCommonNames: readonly string[];
  /** Names or addresses one of which the other end's certificate must be valid for. */
  readonly allowedHostnames: readonly string[];
  /** Do not hold a client's address against the names of its certificate. */
  readonly skipClientSanVerify: boolean;
  /** Trust any server. */
  readonly insecureSkipVerify: boolean;
  /** Names as Go spells them; empty is Go's choice. */
  readonly cipherSuites: readonly string[];
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** Made by ourselves (`--auto-tls`): whoever dials with it trusts any server. */
  readonly isSelfSigned: boolean;
  /** The name a server must prove, instead of the one that was dialled. */
  readonly serverName: string;
}

export const noTls: TlsInfo = {
  certFile: "",
  keyFile: "",
  clientCertFile: "",
  clientKeyFile: "",
  trustedCaFile: "",
  clientCertAuth: false,
  crlFile: "",
  allowedCommonNames: [],
  allowedHostnames: [],
  skipClientSanVerify: false,
  insecureSkipVerify: false,
  cipherSuites: [],
  minVersion: "",
  maxVersion: "",
  isSelfSigned: false,
  serverName: "",
};

/** Neither certificate nor key: nothing to serve with. */
export const isEmptyTls = (info: TlsInfo): boolean => info.certFile === "" && info.keyFile === "";

/** As etcd logs it (TLSInfo.String). */
export const tlsInfoText = (info: TlsInfo): string =>
  `cert = ${info.certFile}, key = ${info.keyFile}, client-cert=${info.clientCertFile}, ` +
  `client-key=${info.clientKeyFile}, trusted-ca = ${info.trustedCaFile}, ` +
  `client-cert-auth = ${info.clientCertAuth}, crl-file = ${info.crlFile}`;

const quotedList = (names: readonly string[]): string =>
  `[${names.map((name) => JSON.stringify(name)).join(" ")}]`;

/** What must hold before any file is read (TLSInfo.baseConfig); throws with etcd's words. */
export function checkTlsInfo(info: TlsInfo): void {
  if (info.certFile === "" || info.keyFile === "") {
    throw new Error(
      `KeyFile and CertFile must both be present[key: ${info.keyFile}, cert: ${info.certFile}]`,
    );
  }
  if ((info.clientKeyFile === "") !== (info.clientCertFile === "")) {
    throw new Error(
      "ClientKeyFile and ClientCertFile must both be present or both absent: " +
        `key: ${info.clientKeyFile}, cert: ${info.clientCertFile}]`,
    );
  }
  if (info.allowedCommonNames.length > 0 && info.allowedHostnames.length > 0) {
    throw new Error(
      "AllowedCNs and AllowedHostnames are mutually exclusive " +
        `(cns=${quotedList(info.allowedCommonNames)}, ` +
        `hostnames=${quotedList(info.allowedHostnames)})`,
    );
  }
}
