// A certificate of our own making for --auto-tls (client/pkg/transport/listener.go, SelfCert): ECDSA on
// P-521, organization "etcd", valid for years, kept in the data directory and used again.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Log } from "../../host/index.ts";
import { writeCertificate } from "./certificate.ts";
import { noTls, type TlsInfo } from "./tls-info.ts";

export interface SelfSignedOptions {
  readonly directory: string;
  /** Hosts it shall be valid for: names or addresses. */
  readonly hosts: readonly string[];
  readonly validityYears: number;
  readonly nowMs: number;
  readonly log: Log;
}

const yearMs = 365 * 24 * 60 * 60 * 1000;

/** Makes the files unless both are there. Throws with etcd's words. */
export async function selfSignedTls(options: SelfSignedOptions): Promise<TlsInfo> {
  const { directory, log } = options;
  if (options.validityYears === 0) {
    const error = new Error("selfSignedCertValidity is invalid,it should be greater than 0");
    log.warn("cannot generate cert", { error });
    throw error;
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const certFile = resolve(join(directory, "cert.pem"));
  const keyFile = resolve(join(directory, "key.pem"));
  if (!existsSync(certFile) || !existsSync(keyFile)) {
    const { cert, key } = await makeCertificate(options);
    writeFileSync(certFile, cert, { mode: 0o644 });
    log.info("created cert file", { path: certFile });
    writeFileSync(keyFile, key, { mode: 0o600 });
    log.info("created key file", { path: keyFile });
  }
  return {
    ...noTls,
    certFile,
    keyFile,
    clientCertFile: certFile,
    clientKeyFile: keyFile,
    isSelfSigned: true,
  };
}

async function makeCertificate(
  options: SelfSignedOptions,
): Promise<{ readonly cert: string; readonly key: string }> {
  const notAfter = new Date(options.nowMs + options.validityYears * yearMs);
  options.log.warn("automatically generate certificates", {
    "certificate-validity-bound-not-after": notAfter.toISOString(),
  });
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-521" });
  const name = { organization: "etcd" };
  const template = {
    serialNumber: BigInt(`0x${randomBytes(16).toString("hex")}`),
    issuer: name,
    subject: name,
    notBefore: new Date(options.nowMs),
    notAfter,
    publicKey,
    isAuthority: true,
    usages: ["serverAuth"],
    hosts: options.hosts,
  } as const;
  return {
    cert: await writeCertificate(template, privateKey),
    key: String(privateKey.export({ format: "pem", type: "sec1" })),
  };
}
