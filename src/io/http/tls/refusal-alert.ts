// The alert `bad certificate` of a caller that refuses the server it called, as Go's crypto/tls sends it:
// in place of the caller's last flight (RFC 8446 §4.4.2.4). node:tls looks at a certificate when the
// handshake has ended within OpenSSL and closes without a word; nothing of that last flight has left the
// process then, so the alert is the first record under the caller's handshake keys.
import { Socket, type SocketConstructorOpts } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { badCertificateRecord } from "./bad-certificate.ts";

/** A TLS socket's handle and the one of TCP under it, as node:tls keeps them. */
interface Handles {
  readonly _handle?: {
    readonly _parent?: object;
    verifyError?(): Error | null | undefined;
  } | null;
}

type Checked = Pick<ConnectionOptions, "checkServerIdentity" | "rejectUnauthorized">;

export class RefusalAlert {
  #socket: TLSSocket | undefined;
  #secret: Uint8Array | undefined;

  /** What a connection begins with: the same, and a refusal is told. */
  optionsFor<Options extends Checked>(options: Options): Options {
    const { checkServerIdentity: check, rejectUnauthorized } = options;
    if (check === undefined || rejectUnauthorized === false) return options;
    return {
      ...options,
      checkServerIdentity: (host, certificate) => {
        const error = check(host, certificate);
        if (error !== undefined) this.#send();
        return error;
      },
    };
  }

  /** To be called with the connection before its handshake. */
  watch(socket: TLSSocket, options: Checked): void {
    if (options.rejectUnauthorized === false) return;
    this.#socket = socket;
    socket.on("keylog", (line: Uint8Array) => {
      const [label, , secret = ""] = Buffer.from(line).toString("latin1").trim().split(" ");
      if (label === "CLIENT_HANDSHAKE_TRAFFIC_SECRET") this.#secret = Buffer.from(secret, "hex");
    });
    // What OpenSSL itself found wrong is known before node:tls acts on it.
    socket.prependListener("secure", () => {
      if ((socket as Handles)._handle?.verifyError?.()) this.#send();
    });
  }

  #send(): void {
    const socket = this.#socket;
    const handle = (socket as Handles | undefined)?._handle?._parent;
    const secret = this.#secret;
    if (socket === undefined || handle === undefined || secret === undefined) return;
    if (socket.getProtocol() !== "TLSv1.3") return;
    const record = badCertificateRecord(socket.getCipher().standardName, secret, 0);
    if (record === undefined) return;
    // The connection below, past TLS. It is closed with the TLS socket, in a moment.
    const options = { handle, manualStart: true, readable: false, writable: true };
    new Socket(options as SocketConstructorOpts).on("error", () => undefined).write(record);
  }
}
