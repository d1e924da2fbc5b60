// node:tls and node:https when they are first needed: loading them is a tenth of a start, and a member
// that speaks in clear needs neither.
import type * as https from "node:https";
import type * as tls from "node:tls";

export const nodeTls = (): typeof tls => process.getBuiltinModule("node:tls");
export const nodeHttps = (): typeof https => process.getBuiltinModule("node:https");
