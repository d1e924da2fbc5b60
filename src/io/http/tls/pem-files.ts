// Certificates, keys and pools from files, refused in Go's words (crypto/tls, X509KeyPair; etcd's
// tlsutil.NewCertPool).
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "./file-errors.ts";

/** PEM texts that belong together. */
export interface KeyPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

const block = /-----BEGIN ([^-\n]+)-----\r?\n[\s\S]*?\r?\n?-----END \1-----/g;

/** Throws as Go does when the files are missing, hold something else or do not fit. */
export function readKeyPair(certFile: string, keyFile: string): KeyPair {
  const pair = { cert: readFile(certFile), key: readFile(keyFile) };
  checkKeyPair(pair);
  return pair;
}

export function checkKeyPair({ cert, key }: KeyPair): void {
  const pem = certificateBlock(cert);
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(pem);
  } catch {
    throw new Error("x509: malformed certificate");
  }
  requireKeyBlock(key);
  let fits: boolean;
  try {
    fits = leaf.checkPrivateKey(createPrivateKey(key));
  } catch {
    throw new Error("tls: failed to parse private key");
  }
  if (!fits) throw new Error("tls: private key does not match public key");
}

function certificateBlock(file: Buffer): string {
  const { found, skipped } = firstBlock(file, (type) => type === "CERTIFICATE");
  if (found !== undefined) return found;
  if (skipped.length === 0) {
    throw new Error("tls: failed to find any PEM data in certificate input");
  }
  if (skipped.length === 1 && skipped[0]!.endsWith("PRIVATE KEY")) {
    throw new Error(
      "tls: failed to find certificate PEM data in certificate input, but did find a private key; " +
        "PEM inputs may have been switched",
    );
  }
  throw new Error(
    'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks ' +
      `of the following types: [${skipped.join(" ")}]`,
  );
}

function requireKeyBlock(file: Buffer): void {
  const { found, skipped } = firstBlock(file, (type) => /(^| )PRIVATE KEY$/.test(type));
  if (found !== undefined) return;
  if (skipped.length === 0) throw new Error("tls: failed to find any PEM data in key input");
  if (skipped.length === 1 && skipped[0] === "CERTIFICATE") {
    throw new Error("tls: found a certificate rather than a key in the PEM for the private key");
  }
  throw new Error(
    'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping ' +
      `PEM blocks of the following types: [${skipped.join(" ")}]`,
  );
}

/** The first block of a wanted type, and the types of those before it. */
function firstBlock(
  file: Buffer,
  isWanted: (type: string) => boolean,
): { readonly found: string | undefined; readonly skipped: readonly string[] } {
  const skipped: string[] = [];
  for (const [text, type = ""] of file.toString("latin1").matchAll(block)) {
    if (isWanted(type)) return { found: text, skipped };
    skipped.push(type);
  }
  return { found: undefined, skipped };
}

/** The certificates of a CA file, each by itself as node:tls wants them. A file may hold none. */
export function readPool(file: string): string[] {
  const text = readFile(file).toString("latin1");
  return Array.from(text.matchAll(block), ([pem]) => {
    try {
      return new X509Certificate(pem).toString();
    } catch {
      throw new Error("x509: malformed certificate");
    }
  });
}
