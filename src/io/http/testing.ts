// Certificates for tests on this machine: self-signed, and trusted by nobody else.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { silentLog } from "../host/index.ts";
import { noTls, ServerTls } from "./index.ts";

export const serverIdentity = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUS2EjipjMeZB+/yGQayPlHBq/CXMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE2MjEwOFoYDzIxMjYxMDI5
MTYyMTA4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATMMYxMup+YDbu8rhzcsbfPnsuPLzf0SafTZnevkGXn+xeFb0FL7zx0
vHrbDzpYpVcDzjQ7XiXVTiaL/9yLqrAWo28wbTAdBgNVHQ4EFgQUIcDwT3OUJz8h
VRH4AUVXr4O1CDQwHwYDVR0jBBgwFoAUIcDwT3OUJz8hVRH4AUVXr4O1CDQwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhAKwRcIMLBFe9Ref85JAw8OjKNpYY4hXX94dbvd7NVbGcAiEA
xW96M0GUmdjlyX3xmpWm/Bf6HQBtqfytSP4ADMTG6FI=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIKdrVh1oNaMWfbr+lLVG8G6rddJriiQWZx4Jlbqf5D2EoAoGCCqGSM49
AwEHoUQDQgAEzDGMTLqfmA27vK4c3LG3z57Ljy839Emn02Z3r5Bl5/sXhW9BS+88
dLx62w86WKVXA840O14l1U4mi//ci6qwFg==
-----END EC PRIVATE KEY-----
`,
};

/** A client whose common name is `alice`. */
export const clientIdentity = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBeDCCAR2gAwIBAgIULdp7JV1Yf+IFUP7NNnLDbxuRe8AwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFYWxpY2UwIBcNMjYxMTIyMTYyMTA4WhgPMjEyNjEwMjkxNjIx
MDhaMBAxDjAMBgNVBAMMBWFsaWNlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
pU7E/ZwWUes0bv7EWe/O9jXMQwb5H/fgiV2gkXWcr4VnYzRb++hR3ZlG7DSP1Y2I
RPOEeIvUYweb3rSovZ4jWaNTMFEwHQYDVR0OBBYEFKnRNcqTs88UFNodLOk0GLO1
om/LMB8GA1UdIwQYMBaAFKnRNcqTs88UFNodLOk0GLO1om/LMA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhANrE736azcvrTQzx10ftfkFoIyH0dI2y
vByeqYbU/8ysAiEApWeq65tyl34e0m66uQGUu2rrNkerBqAajBfl+0wq+jo=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIDANDbZ0UulGEHtKPGp3sAKNqq/wbJxjMg/F+FulwIP3oAoGCCqGSM49
AwEHoUQDQgAEpU7E/ZwWUes0bv7EWe/O9jXMQwb5H/fgiV2gkXWcr4VnYzRb++hR
3ZlG7DSP1Y2IRPOEeIvUYweb3rSovZ4jWQ==
-----END EC PRIVATE KEY-----
`,
};

export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** TLS of a listener with this certificate, which demands one of clients when it trusts somebody. */
export async function serverTls(
  context: TestContext,
  identity: Identity,
  trusted?: Identity,
): Promise<ServerTls> {
  const folder = mkdtempSync(join(tmpdir(), "quorate-tls-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const info = {
    ...noTls,
    certFile: write("cert.pem", identity.cert),
    keyFile: write("key.pem", identity.key),
    trustedCaFile: trusted === undefined ? "" : write("ca.pem", trusted.cert),
  };
  return ServerTls.load(info, { log: silentLog });
}
