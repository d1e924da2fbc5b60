// TLS of our own calls to other members (TLSInfo.ClientConfig).
import { isIP } from "node:net";
import type { ConnectionOptions, SecureContext } from "node:tls";
import { X509Certificate } from "node:crypto";
import { nodeTls } from "../node-tls.ts";
import type { Log } from "../../host/index.ts";
import { checkCipherSuites } from "./cipher-suites.ts";
import { readFile } from "./file-errors.ts";
import { namesOf, type NamedCertificate, whyNotValidFor } from "./host-names.ts";
import { protocolOptions, WatchedFiles } from "./secure-context.ts";
import { isAllowed } from "./server-tls.ts";
import { checkTlsInfo, isEmptyTls, type TlsInfo } from "./tls-info.ts";

/** What a connection that begins now is to use; asked for each, so that renewed files count at once. */
export type ClientTls = () => ConnectionOptions;

/** Reads and checks what was configured; throws in etcd's words. */
export function clientTls(info: TlsInfo, log: Log): ClientTls {
  if (!isEmptyTls(info)) {
    checkTlsInfo(info);
    checkCipherSuites(info.cipherSuites);
  }
  const hasOwn = info.clientCertFile !== "";
  const files = new WatchedFiles(
    {
      certFile: hasOwn ? info.clientCertFile : info.certFile,
      keyFile: hasOwn ? info.clientKeyFile : info.keyFile,
      trustedCaFile: info.trustedCaFile,
    },
    log,
    "client",
  );
  const trustsAnyone = info.insecureSkipVerify || info.isSelfSigned;
  let secureContext: SecureContext | undefined;
  return () => {
    if (secureContext === undefined || files.refresh()) {
      const trusted = trustsAnyone ? { ca: [] } : files.trusted;
      secureContext = nodeTls().createSecureContext({
        ...protocolOptions(info),
        ...files.own,
        ...trusted,
      });
    }
    return {
      secureContext,
      rejectUnauthorized: !trustsAnyone,
      ...(info.serverName !== "" && isIP(info.serverName) === 0 && { servername: info.serverName }),
      checkServerIdentity: (host, certificate) =>
        identityError(info, info.serverName || host, {
          subject: `CN=${String(certificate.subject?.CN ?? "")}`,
          subjectAltName: certificate.subjectaltname,
        }),
    };
  };
}

/** The name must be in the certificate, and the bearer one of those allowed. */
function identityError(
  info: TlsInfo,
  host: string,
  certificate: NamedCertificate,
): Error | undefined {
  const names = namesOf(certificate);
  const why = whyNotValidFor(names, host);
  if (why !== undefined) return new Error(`tls: failed to verify certificate: ${why}`);
  return isAllowed(info, names) ? undefined : new Error("client certificate authentication failed");
}

/**
 * Refuses a certificate with a common name: its bearer would act for others under that name
 * (TLSInfo.EmptyCN; the gRPC proxy asks for this).
 */
export function requireEmptyCommonName(info: TlsInfo): void {
  if (isEmptyTls(info)) return;
  const { commonName } = namesOf(new X509Certificate(readFile(info.certFile)));
  if (commonName !== "") {
    throw new Error(`cert has non empty Common Name (${commonName}): ${info.certFile}`);
  }
}
