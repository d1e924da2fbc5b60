// A status in HTTP (grpc-gateway's HTTPStatusFromCode) and as the gateway's JSON.
import { Code } from "../../core/errors/index.ts";
import type { Status } from "../../io/grpc/index.ts";

const httpStatuses: Readonly<Record<number, number>> = {
  [Code.OK]: 200,
  [Code.Canceled]: 499,
  [Code.InvalidArgument]: 400,
  [Code.DeadlineExceeded]: 504,
  [Code.NotFound]: 404,
  [Code.AlreadyExists]: 409,
  [Code.PermissionDenied]: 403,
  [Code.Unauthenticated]: 401,
  [Code.ResourceExhausted]: 429,
  [Code.FailedPrecondition]: 400,
  [Code.Aborted]: 409,
  [Code.OutOfRange]: 400,
  [Code.Unimplemented]: 501,
  [Code.Unavailable]: 503,
};

export const httpStatusOf = (code: number): number => httpStatuses[code] ?? 500;

/** google.rpc.Status without details, as protojson prints it. */
export function statusJson({ code, message }: Status): string {
  const text = message === "" ? "" : `"message":${JSON.stringify(message.toWellFormed())}`;
  if (code === Code.OK) return `{${text}}`;
  return `{"code":${code}${text === "" ? "" : `,${text}`}}`;
}
