// What node:tls is told, from an operator's TlsInfo, with the files read anew when they have changed.
import { constants } from "node:crypto";
import type { SecureContextOptions, SecureVersion } from "node:tls";
import { nodeTls } from "../node-tls.ts";
import type { Log } from "../../host/index.ts";
import { openSslCiphers } from "./cipher-suites.ts";
import { readFile } from "./file-errors.ts";
import { checkKeyPair, type KeyPair, readKeyPair, readPool } from "./pem-files.ts";
import type { TlsInfo, TlsVersion } from "./tls-info.ts";

const versions: Readonly<Record<Exclude<TlsVersion, "">, SecureVersion>> = {
  "TLS1.2": "TLSv1.2",
  "TLS1.3": "TLSv1.3",
};

/** Protocol, suites and the rest that files have no part in. */
export function protocolOptions(info: TlsInfo): SecureContextOptions {
  return {
    minVersion: info.minVersion === "" ? "TLSv1.2" : versions[info.minVersion],
    maxVersion: info.maxVersion === "" ? "TLSv1.3" : versions[info.maxVersion],
    ciphers: openSslCiphers(info.cipherSuites),
    honorCipherOrder: true,
    // Go takes any certificate of the pool for an anchor, an intermediate one too.
    allowPartialTrustChain: true,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
  };
}

/** Files read at each handshake. What cannot be read or used leaves what was there before. */
export class WatchedFiles {
  readonly #certFile: string;
  readonly #keyFile: string;
  readonly #trustedCaFile: string;
  readonly #log: Log;
  readonly #whose: "peer" | "client";
  #pair: KeyPair | undefined;
  #pool: readonly string[] | undefined;
  #poolBytes: Buffer | undefined;

  /** Reads them for the first time; throws in Go's words. Empty names are left out. */
  constructor(
    files: { readonly certFile: string; readonly keyFile: string; readonly trustedCaFile: string },
    log: Log,
    whose: "peer" | "client",
  ) {
    this.#certFile = files.certFile;
    this.#keyFile = files.keyFile;
    this.#trustedCaFile = files.trustedCaFile;
    this.#log = log;
    this.#whose = whose;
    if (this.#certFile !== "") this.#pair = readKeyPair(this.#certFile, this.#keyFile);
    if (this.#trustedCaFile !== "") this.#readPool();
  }

  /** Reads them again; true when something changed. */
  refresh(): boolean {
    const pair = this.#refreshPair();
    const pool = this.#refreshPool();
    return pair || pool;
  }

  /** Certificate and key. */
  get own(): SecureContextOptions {
    return this.#pair === undefined ? {} : { cert: this.#pair.cert, key: this.#pair.key };
  }

  /** Whom to trust: the pool, or without one the machine's own, which take a while to load. */
  get trusted(): SecureContextOptions {
    return { ca: this.#pool === undefined ? systemPool() : [...this.#pool] };
  }

  #refreshPair(): boolean {
    if (this.#pair === undefined) return false;
    try {
      const pair = { cert: readFile(this.#certFile), key: readFile(this.#keyFile) };
      if (pair.cert.equals(this.#pair.cert) && pair.key.equals(this.#pair.key)) return false;
      checkKeyPair(pair);
      this.#pair = pair;
      return true;
    } catch (error) {
      const isGone = (error as NodeJS.ErrnoException).code === "ENOENT";
      const what = isGone
        ? `failed to find ${this.#whose} cert files`
        : `failed to create ${this.#whose} certificate`;
      this.#log.warn(what, { "cert-file": this.#certFile, "key-file": this.#keyFile, error });
      return false;
    }
  }

  #refreshPool(): boolean {
    if (this.#poolBytes === undefined) return false;
    try {
      return this.#readPool();
    } catch (error) {
      this.#log.warn("failed to read trusted CA file", { path: this.#trustedCaFile, error });
      return false;
    }
  }

  #readPool(): boolean {
    const bytes = readFile(this.#trustedCaFile);
    if (this.#poolBytes?.equals(bytes) === true) return false;
    const pool = readPool(this.#trustedCaFile);
    // A file being written holds nothing for a moment; at the start it may be so for good.
    if (pool.length === 0 && this.#poolBytes !== undefined) return false;
    this.#pool = pool;
    this.#poolBytes = bytes;
    return true;
  }
}

let system: string[] | undefined;

/** The machine's own roots, as Go takes them where no pool is given. */
function systemPool(): string[] {
  system ??= nodeTls().getCACertificates("system");
  if (system.length === 0) system = nodeTls().getCACertificates("default");
  return system;
}
