// The list of revoked certificates, as etcd reads it: serial numbers alone count, in DER, read anew at
// each handshake (client/pkg/transport/listener_tls.go, checkCRL).
import type * as Asn1 from "asn1js";
import { readFile } from "./file-errors.ts";

export class RevocationFile {
  readonly #path: string;
  readonly #asn1: typeof Asn1;
  #bytes: Buffer | undefined;
  #serials: ReadonlySet<string> = new Set();

  private constructor(path: string, asn1: typeof Asn1) {
    this.#path = path;
    this.#asn1 = asn1;
  }

  /** The parser is loaded only where there is a list. The file may come later, as for etcd. */
  static async at(path: string): Promise<RevocationFile> {
    return new RevocationFile(path, await import("asn1js"));
  }

  /** Why none of these serial numbers (hex) may come in; undefined when all may. */
  whyRefused(serialNumbers: readonly string[]): string | undefined {
    try {
      const bytes = readFile(this.#path);
      if (this.#bytes === undefined || !bytes.equals(this.#bytes)) {
        this.#serials = this.#parse(bytes);
        this.#bytes = bytes;
      }
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    for (const serial of serialNumbers) {
      const digits = significant(serial);
      if (this.#serials.has(digits)) return `transport: certificate serial ${digits} revoked`;
    }
    return undefined;
  }

  /** CertificateList of RFC 5280 §5.1; its signature is not asked for, as etcd does not. */
  #parse(bytes: Buffer): ReadonlySet<string> {
    const { Integer, Sequence } = this.#asn1;
    const { result, offset } = this.#asn1.fromBER(bytes);
    const [body] = partsOf(result);
    if (offset !== bytes.length || !(body instanceof Sequence)) throw malformed();
    const fields = body.valueBlock.value;
    // Version, when given, comes before the algorithm, the issuer and thisUpdate.
    const first = fields[0] instanceof Integer ? 4 : 3;
    if (fields.length < first) throw malformed();
    // Behind those an optional nextUpdate, which is no sequence, the list, and the extensions.
    const list = fields.slice(first).find((field) => field instanceof Sequence);
    const serials = partsOf(list).map((entry) => {
      const [serial] = partsOf(entry);
      if (!(serial instanceof Integer)) throw malformed();
      return significant(Buffer.from(serial.valueBlock.valueHexView).toString("hex"));
    });
    return new Set(serials);
  }
}

const malformed = (): Error => new Error("x509: malformed crl");

/** The parts of something constructed; none of anything else. */
function partsOf(block: unknown): readonly Asn1.AsnType[] {
  const value = (block as Asn1.Sequence | undefined)?.valueBlock?.value;
  return Array.isArray(value) ? value : [];
}

/** Whole bytes in lower case, without leading zero bytes. */
function significant(hex: string): string {
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return even.toLowerCase().replace(/^(?:00)+/, "");
}
