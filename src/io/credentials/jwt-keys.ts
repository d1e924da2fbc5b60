// Keys of the --auth-token option, as auth/options.go takes them: PEM for all but HS.
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { errors } from "../../core/errors/index.ts";
import type { JwtFamily, JwtKey, JwtMethod } from "./jwt.ts";

/** Contents of the files that were named; empty for one that was not. */
export interface JwtKeyFiles {
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

export interface JwtKeys {
  readonly signingKey: JwtKey | undefined;
  readonly verifyingKey: JwtKey;
}

const keyTypes: Readonly<Record<Exclude<JwtFamily, "HS">, string>> = {
  RS: "rsa",
  PS: "rsa",
  ES: "ec",
  EdDSA: "ed25519",
};
const curves: Readonly<Record<string, string>> = {
  ES256: "prime256v1",
  ES384: "secp384r1",
  ES512: "secp521r1",
};

/** @throws missingAuthKey, authKeyMismatch, or an Error that says what is wrong with a key */
export function jwtKeys(method: JwtMethod, files: JwtKeyFiles): JwtKeys {
  if (method.family === "HS") {
    if (files.privateKey.length === 0) throw errors.missingAuthKey();
    return { signingKey: files.privateKey, verifyingKey: files.privateKey };
  }
  const isPrivate = files.privateKey.length > 0;
  const isPublic = files.publicKey.length > 0;
  const signingKey = isPrivate ? createPrivateKey(Buffer.from(files.privateKey)) : undefined;
  const publicKey = isPublic ? publicKeyOf(files.publicKey) : undefined;
  const derived = signingKey === undefined ? publicKey : createPublicKey(signingKey);
  if (derived === undefined) throw errors.missingAuthKey();
  for (const key of [signingKey, publicKey]) if (key !== undefined) checkKind(method, key);
  if (publicKey !== undefined && !publicKey.equals(derived)) throw errors.authKeyMismatch();
  return { signingKey, verifyingKey: derived };
}

/** Node would take a private key here and derive the public one; that must not lie about openly. */
function publicKeyOf(pem: Uint8Array): KeyObject {
  const text = Buffer.from(pem);
  if (text.includes("PRIVATE KEY-----")) throw new Error("key is not a valid public key");
  return createPublicKey(text);
}

function checkKind({ name, family }: JwtMethod, key: KeyObject): void {
  const type = family === "HS" ? "" : keyTypes[family];
  if (key.asymmetricKeyType !== type) throw new Error(`key is not a valid ${type} key`);
  const curve = curves[name];
  if (curve !== undefined && key.asymmetricKeyDetails?.namedCurve !== curve) {
    throw new Error(`key is not on the curve of ${name}`);
  }
}
