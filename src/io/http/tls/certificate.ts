// Writes X.509 certificates (RFC 5280 §4.1): what node:crypto reads but cannot make.
import { type KeyObject, sign } from "node:crypto";
import { isIP } from "node:net";
import type * as Asn1 from "asn1js";

export interface CertificateName {
  readonly commonName?: string;
  readonly organization?: string;
}

export interface CertificateTemplate {
  readonly serialNumber: bigint;
  readonly issuer: CertificateName;
  readonly subject: CertificateName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly isAuthority: boolean;
  readonly usages: readonly ("serverAuth" | "clientAuth")[];
  /** Names and addresses it is valid for. */
  readonly hosts: readonly string[];
}

/** The certificate as PEM, signed with an EC or RSA key. */
export async function writeCertificate(
  template: CertificateTemplate,
  signer: KeyObject,
): Promise<string> {
  const asn1 = await import("asn1js");
  const { seq, tagged } = writers(asn1);
  const algorithm = signatureAlgorithm(signer, asn1);
  const body = seq(
    tagged(0, new asn1.Integer({ value: 2 })),
    asn1.Integer.fromBigInt(template.serialNumber),
    algorithm.identifier,
    nameOf(template.issuer, asn1),
    seq(timeOf(template.notBefore, asn1), timeOf(template.notAfter, asn1)),
    nameOf(template.subject, asn1),
    asn1.fromBER(template.publicKey.export({ format: "der", type: "spki" })).result,
    tagged(3, seq(...extensionsOf(template, asn1))),
  );
  const text = signed(body, algorithm, signer, asn1).toString("base64");
  const lines = text.replaceAll(/.{64}/g, "$&\n").trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** Revokes serial numbers (RFC 5280 §5.1); DER. */
export async function writeRevocationList(
  list: {
    readonly issuer: CertificateName;
    readonly serialNumbers: readonly bigint[];
    readonly thisUpdate: Date;
    readonly nextUpdate: Date;
  },
  signer: KeyObject,
): Promise<Buffer> {
  const asn1 = await import("asn1js");
  const { seq } = writers(asn1);
  const algorithm = signatureAlgorithm(signer, asn1);
  const revoked = list.serialNumbers.map((serial) =>
    seq(asn1.Integer.fromBigInt(serial), timeOf(list.thisUpdate, asn1)),
  );
  const body = seq(
    new asn1.Integer({ value: 1 }),
    algorithm.identifier,
    nameOf(list.issuer, asn1),
    timeOf(list.thisUpdate, asn1),
    timeOf(list.nextUpdate, asn1),
    ...(revoked.length > 0 ? [seq(...revoked)] : []),
  );
  return signed(body, algorithm, signer, asn1);
}

interface Algorithm {
  readonly identifier: Asn1.Sequence;
  readonly digest: string;
}

/** RFC 5758 §3.2 and RFC 4055 §5. */
function signatureAlgorithm(signer: KeyObject, asn1: typeof Asn1): Algorithm {
  const { seq, oid } = writers(asn1);
  if (signer.asymmetricKeyType === "rsa") {
    const identifier = seq(oid("1.2.840.113549.1.1.11"), new asn1.Null());
    return { identifier, digest: "sha256" };
  }
  const isLarge = signer.asymmetricKeyDetails?.namedCurve === "secp521r1";
  return {
    identifier: seq(oid(`1.2.840.10045.4.3.${isLarge ? 4 : 2}`)),
    digest: isLarge ? "sha512" : "sha256",
  };
}

function signed(
  body: Asn1.Sequence,
  { identifier, digest }: Algorithm,
  signer: KeyObject,
  asn1: typeof Asn1,
): Buffer {
  const signature = sign(digest, Buffer.from(body.toBER()), signer);
  const bits = new asn1.BitString({ valueHex: own(signature) });
  return Buffer.from(writers(asn1).seq(body, identifier, bits).toBER());
}

/** Short hands for what is written all the time. */
function writers(asn1: typeof Asn1): {
  readonly seq: (...value: Asn1.AsnType[]) => Asn1.Sequence;
  readonly oid: (value: string) => Asn1.ObjectIdentifier;
  readonly tagged: (tagNumber: number, value: Asn1.AsnType) => Asn1.AsnType;
} {
  return {
    seq: (...value) => new asn1.Sequence({ value }),
    oid: (value) => new asn1.ObjectIdentifier({ value }),
    tagged: (tagNumber, value) =>
      new asn1.Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [value] }),
  };
}

function nameOf({ organization, commonName }: CertificateName, asn1: typeof Asn1): Asn1.Sequence {
  const { seq, oid } = writers(asn1);
  const part = (id: string, value: string | undefined): Asn1.Set[] =>
    value === undefined
      ? []
      : [new asn1.Set({ value: [seq(oid(id), new asn1.Utf8String({ value }))] })];
  return seq(...part("2.5.4.10", organization), ...part("2.5.4.3", commonName));
}

/** RFC 5280 §4.1.2.5: two digits for the year through 2049. */
function timeOf(valueDate: Date, asn1: typeof Asn1): Asn1.AsnType {
  return valueDate.getUTCFullYear() < 2050
    ? new asn1.UTCTime({ valueDate })
    : new asn1.GeneralizedTime({ valueDate });
}

const purposes = { serverAuth: "1.3.6.1.5.5.7.3.1", clientAuth: "1.3.6.1.5.5.7.3.2" };

/** Key usage, what for, whether it is a CA, and its names (RFC 5280 §4.2.1). */
function extensionsOf(template: CertificateTemplate, asn1: typeof Asn1): Asn1.Sequence[] {
  const { isAuthority, usages, hosts } = template;
  const { seq, oid } = writers(asn1);
  const yes = (): Asn1.AsnType => new asn1.Boolean({ value: true });
  const extension = (id: string, isCritical: boolean, value: Asn1.AsnType): Asn1.Sequence =>
    seq(oid(id), ...(isCritical ? [yes()] : []), new asn1.OctetString({ valueHex: value.toBER() }));
  // Bits from the left: digitalSignature, keyEncipherment, and of a CA keyCertSign and cRLSign.
  const bits = isAuthority ? 0xa6 : 0xa0;
  const usage = new asn1.BitString({
    valueHex: own(Uint8Array.of(bits)),
    unusedBits: isAuthority ? 1 : 5,
  });
  const made = [
    extension("2.5.29.15", true, usage),
    extension("2.5.29.19", true, seq(...(isAuthority ? [yes()] : []))),
  ];
  if (usages.length > 0) {
    made.push(extension("2.5.29.37", false, seq(...usages.map((name) => oid(purposes[name])))));
  }
  if (hosts.length > 0) {
    made.push(extension("2.5.29.17", false, seq(...hosts.map((host) => generalName(host, asn1)))));
  }
  return made;
}

function generalName(host: string, asn1: typeof Asn1): Asn1.AsnType {
  const isName = isIP(host) === 0;
  return new asn1.Primitive({
    idBlock: { tagClass: 3, tagNumber: isName ? 2 : 7 },
    valueHex: own(isName ? Buffer.from(host) : addressBytes(host)),
  });
}

const own = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

/** The 4 or 16 bytes of an address. */
function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split("."), Number);
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = text.split("::");
  const words = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((word) => Number.parseInt(word, 16));
  const last = words(tail ?? "");
  const first = words(head);
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => 0);
  return Uint8Array.from([...first, ...zeros, ...last].flatMap((word) => [word >>> 8, word & 255]));
}
