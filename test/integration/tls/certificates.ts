// Certification authorities and certificates for one test run, made in a temporary directory.
import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CertificateName,
  writeCertificate,
  writeRevocationList,
} from "../../../src/io/http/tls/certificate.ts";

export interface Issued {
  readonly name: string;
  /** The certificate alone. */
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly serialNumber: bigint;
}

export interface Request {
  readonly commonName?: string;
  readonly organization?: string;
  readonly hosts?: readonly string[];
  readonly usages?: readonly ("serverAuth" | "clientAuth")[];
  readonly isAuthority?: boolean;
  /** Days from now. */
  readonly fromDays?: number;
  readonly toDays?: number;
  readonly serialNumber?: bigint;
  readonly keyType?: "ec" | "rsa";
  /** Certificates sent along, behind the leaf. */
  readonly chain?: readonly Issued[];
}

const dayMs = 86_400_000;

export class CertificateFolder {
  readonly path = mkdtempSync(join(tmpdir(), "quorate-pki-"));
  #lastSerial = 0x1000n;

  /** Makes a certificate signed by `issuer`, or by itself. */
  async issue(name: string, request: Request, issuer?: Issued): Promise<Issued> {
    const { publicKey, privateKey } =
      request.keyType === "rsa"
        ? generateKeyPairSync("rsa", { modulusLength: 2048 })
        : generateKeyPairSync("ec", { namedCurve: "P-256" });
    const serialNumber = request.serialNumber ?? ++this.#lastSerial;
    const subject = subjectOf(name, request);
    const cert = await writeCertificate(
      {
        serialNumber,
        issuer: issuer === undefined ? subject : { organization: issuer.name },
        subject,
        notBefore: new Date(Date.now() + (request.fromDays ?? -1) * dayMs),
        notAfter: new Date(Date.now() + (request.toDays ?? 10) * dayMs),
        publicKey,
        isAuthority: request.isAuthority ?? false,
        usages: request.usages ?? [],
        hosts: request.hosts ?? [],
      },
      issuer === undefined ? privateKey : keyOf(issuer),
    );
    const key = String(privateKey.export({ format: "pem", type: "pkcs8" }));
    const chain = (request.chain ?? []).map((one) => one.cert).join("");
    return {
      name,
      cert,
      key,
      serialNumber,
      certFile: this.write(`${name}.crt`, cert + chain),
      keyFile: this.write(`${name}.key`, key),
    };
  }

  authority(name: string, issuer?: Issued): Promise<Issued> {
    return this.issue(name, { isAuthority: true }, issuer);
  }

  async revoke(file: string, issuer: Issued, serialNumbers: readonly bigint[]): Promise<string> {
    const thisUpdate = new Date();
    const nextUpdate = new Date(Date.now() + dayMs);
    const list = { issuer: { organization: issuer.name }, serialNumbers, thisUpdate, nextUpdate };
    return this.write(file, await writeRevocationList(list, keyOf(issuer)));
  }

  write(file: string, content: string | Uint8Array): string {
    const path = join(this.path, file);
    writeFileSync(path, content);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

const keyOf = (issuer: Issued): KeyObject => createPrivateKey(issuer.key);

function subjectOf(name: string, request: Request): CertificateName {
  if (request.isAuthority === true) return { organization: name };
  const { commonName } = request;
  return { organization: "test", ...(commonName !== undefined && { commonName }) };
}
