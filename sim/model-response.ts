// An answer as the model gives it, and the bytes that make it the same as another.
import {
  type CompactionResponse,
  decodeAuthEnableResponse,
  decodeCompactionResponse,
  decodeDeleteRangeResponse,
  decodeLeaseGrantResponse,
  decodeLeaseRevokeResponse,
  decodePutResponse,
  decodeRangeResponse,
  decodeTxnResponse,
  type DeleteRangeResponse,
  encodeCompactionResponse,
  encodeDeleteRangeResponse,
  encodeLeaseGrantResponse,
  encodeLeaseRevokeResponse,
  encodePutResponse,
  encodeRangeResponse,
  encodeTxnResponse,
  type LeaseGrantResponse,
  type LeaseRevokeResponse,
  type PutResponse,
  type RangeResponse,
  type ResponseHeader,
  type TxnResponse,
} from "../src/core/proto/index.ts";

/** About users and roles: they all have a header, and what is behind it is made when it is compared. */
export interface AuthAnswer {
  readonly header: ResponseHeader | undefined;
  readonly encode: (header: ResponseHeader) => Uint8Array;
}

export type ModelResponse =
  | { readonly kind: "put"; readonly value: PutResponse }
  | { readonly kind: "range"; readonly value: RangeResponse }
  | { readonly kind: "delete"; readonly value: DeleteRangeResponse }
  | { readonly kind: "txn"; readonly value: TxnResponse }
  | { readonly kind: "compact"; readonly value: CompactionResponse }
  | { readonly kind: "grant"; readonly value: LeaseGrantResponse }
  | { readonly kind: "revoke"; readonly value: LeaseRevokeResponse }
  | { readonly kind: "auth"; readonly value: AuthAnswer };

export function decoded(kind: ModelResponse["kind"], bytes: Uint8Array): ModelResponse {
  switch (kind) {
    case "put":
      return { kind, value: decodePutResponse(bytes) };
    case "range":
      return { kind, value: decodeRangeResponse(bytes) };
    case "delete":
      return { kind, value: decodeDeleteRangeResponse(bytes) };
    case "txn":
      return { kind, value: decodeTxnResponse(bytes) };
    case "compact":
      return { kind, value: decodeCompactionResponse(bytes) };
    case "grant":
      return { kind, value: decodeLeaseGrantResponse(bytes) };
    case "revoke":
      return { kind, value: decodeLeaseRevokeResponse(bytes) };
    case "auth": {
      // The header is the first field of them all.
      const { header } = decodeAuthEnableResponse(bytes);
      return { kind, value: { header, encode: () => bytes } };
    }
  }
}

export function encoded(response: ModelResponse): Uint8Array {
  switch (response.kind) {
    case "put":
      return encodePutResponse(response.value);
    case "range":
      return encodeRangeResponse(response.value);
    case "delete":
      return encodeDeleteRangeResponse(response.value);
    case "txn":
      return encodeTxnResponse(response.value);
    case "compact":
      return encodeCompactionResponse(response.value);
    case "grant":
      return encodeLeaseGrantResponse(response.value);
    case "revoke":
      return encodeLeaseRevokeResponse(response.value);
    case "auth":
      return response.value.encode(response.value.header!);
  }
}

export const printed = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return `${item}`;
    if (item instanceof Uint8Array) return [...item].map(visible).join("");
    return item;
  });

const visible = (byte: number): string =>
  byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(16)}`;
