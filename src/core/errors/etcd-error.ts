import { type Code, codeName } from "./code.ts";

/**
 * An answer that is an error: the gRPC code and the text a client sees. Those of the catalogue are
 * made once and shared, so they may be compared with `===`, cost nothing to throw, and their stack
 * says nothing of where they were thrown.
 */
export class EtcdError extends Error {
  override readonly name = "EtcdError";
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.code = code;
  }
}

/** As Go prints a status error, and as a watch is told why it was refused. */
export const statusText = (error: EtcdError): string =>
  `rpc error: code = ${codeName(error.code)} desc = ${error.message}`;
