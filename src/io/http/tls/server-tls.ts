// One listener's TLS: who must show a certificate, and who may come in with it.
import type { PeerCertificate, TLSSocket, TlsOptions } from "node:tls";
import type { Log } from "../../host/index.ts";
import { checkCipherSuites } from "./cipher-suites.ts";
import { type CertificateNames, namesOf, whyNotValidFor } from "./host-names.ts";
import { readKeyPair } from "./pem-files.ts";
import { type Resolver, systemResolver, whyNotFrom } from "./remote-names.ts";
import { RevocationFile } from "./revocation.ts";
import { protocolOptions, WatchedFiles } from "./secure-context.ts";
import { checkTlsInfo, type TlsInfo, tlsInfoText } from "./tls-info.ts";

export interface ServerTlsOptions {
  readonly log: Log;
  /** Holds a client's address against its certificate: peer and metrics ports do, client ports not. */
  readonly checksRemoteAddress?: boolean;
  readonly resolver?: Resolver;
}

/** A certificate that no list names. The client is told, as by Go's VerifyPeerCertificate. */
export class NotAllowed extends Error {}

/** Undefined: come in. Else why not. */
type Verdict = Error | undefined;

export class ServerTls {
  readonly #info: TlsInfo;
  readonly #files: WatchedFiles;
  readonly #revoked: RevocationFile | undefined;
  readonly #checksAddress: boolean;
  readonly #resolver: Resolver;

  private constructor(
    info: TlsInfo,
    files: WatchedFiles,
    revoked: RevocationFile | undefined,
    options: ServerTlsOptions,
  ) {
    this.#info = info;
    this.#files = files;
    this.#revoked = revoked;
    this.#checksAddress = options.checksRemoteAddress === true && !info.skipClientSanVerify;
    this.#resolver = options.resolver ?? systemResolver;
  }

  /** Reads and checks what was configured; throws in etcd's words what a start is refused with. */
  static async load(info: TlsInfo, options: ServerTlsOptions): Promise<ServerTls> {
    checkTlsInfo(info);
    checkCipherSuites(info.cipherSuites);
    readKeyPair(info.certFile, info.keyFile);
    if (info.clientCertFile !== "") readKeyPair(info.clientCertFile, info.clientKeyFile);
    if (info.trustedCaFile !== "") {
      options.log.info("Loading cert pool", {
        cs: [info.trustedCaFile],
        tlsinfo: tlsInfoText(info),
      });
    }
    const files = new WatchedFiles(info, options.log, "peer");
    const revoked = info.crlFile === "" ? undefined : await RevocationFile.at(info.crlFile);
    return new ServerTls(info, files, revoked, options);
  }

  /** A trusted CA alone demands certificates too (TLSInfo.ServerConfig). */
  get wantsCertificate(): boolean {
    return this.#info.trustedCaFile !== "" || this.#info.clientCertAuth;
  }

  /** Whether there is a list of those who may come in. */
  get hasAllowedNames(): boolean {
    return this.#info.allowedCommonNames.length + this.#info.allowedHostnames.length > 0;
  }

  /** For `tls.createServer` and `setSecureContext`. */
  get options(): TlsOptions {
    return {
      ...protocolOptions(this.#info),
      ...this.#files.own,
      ...(this.wantsCertificate ? this.#files.trusted : { ca: [] }),
      requestCert: this.wantsCertificate,
      rejectUnauthorized: true,
    };
  }

  /** To be called before each handshake; true when `options` are others now. */
  refresh(): boolean {
    return this.#files.refresh();
  }

  /** After a handshake that succeeded: the rules node:tls knows nothing of. */
  admit(socket: TLSSocket): Verdict | Promise<Verdict> {
    const certificate = this.wantsCertificate ? socket.getPeerX509Certificate() : undefined;
    if (certificate === undefined) return undefined;
    const names = namesOf(certificate);
    if (!isAllowed(this.#info, names)) {
      return new NotAllowed("client certificate authentication failed");
    }
    if (this.#checksAddress) return this.#checkAddress(socket, names);
    return this.#checkRevoked(socket);
  }

  async #checkAddress(socket: TLSSocket, names: CertificateNames): Promise<Verdict> {
    const why = await whyNotFrom(names, socket.remoteAddress, this.#resolver);
    return why === undefined ? this.#checkRevoked(socket) : new Error(why);
  }

  #checkRevoked(socket: TLSSocket): Verdict {
    const why = this.#revoked?.whyRefused(serialNumbersOf(socket));
    return why === undefined ? undefined : new Error(why);
  }
}

/** Whether the bearer of these names is one of those allowed, when there is such a list. */
export function isAllowed(info: TlsInfo, names: CertificateNames): boolean {
  const { allowedCommonNames, allowedHostnames } = info;
  if (allowedCommonNames.length > 0) return allowedCommonNames.includes(names.commonName);
  if (allowedHostnames.length === 0) return true;
  return allowedHostnames.some((host) => whyNotValidFor(names, host) === undefined);
}

/** Those of the leaf and of what the client sent with it. */
function serialNumbersOf(socket: TLSSocket): string[] {
  const serials: string[] = [];
  const seen = new Set<PeerCertificate>();
  let certificate: PeerCertificate | undefined = socket.getPeerCertificate(true);
  while (certificate !== undefined && !seen.has(certificate)) {
    seen.add(certificate);
    if (certificate.serialNumber !== undefined) serials.push(certificate.serialNumber);
    certificate = "issuerCertificate" in certificate ? issuerOf(certificate) : undefined;
  }
  return serials;
}

const issuerOf = (certificate: PeerCertificate): PeerCertificate | undefined =>
  (certificate as { readonly issuerCertificate?: PeerCertificate }).issuerCertificate;
