// Who is who in the table of cases: authorities, servers, clients and files of a run.
import type { CertificateFolder, Issued } from "./certificates.ts";

export interface Cast {
  readonly folder: CertificateFolder;
  readonly ca: Issued;
  readonly otherCa: Issued;
  readonly server: Issued;
  readonly rsaServer: Issued;
  readonly intermediate: Issued;
  readonly files: Readonly<Record<string, string>>;
  /** By name; `nobody` shows no certificate. */
  readonly clients: ReadonlyMap<string, Issued | undefined>;
}

const revokedSerial = 0xbad5e71a1n;
const here = ["127.0.0.1", "localhost"];
const both = ["clientAuth", "serverAuth"] as const;

export async function makeCast(folder: CertificateFolder): Promise<Cast> {
  const ca = await folder.authority("ca");
  const otherCa = await folder.authority("other-ca");
  const intermediate = await folder.authority("intermediate", ca);
  const revokedIntermediate = await folder.authority("revoked-intermediate", ca);
  const server = await folder.issue("server", { hosts: here, usages: both }, ca);
  const rsa = { hosts: here, usages: both, keyType: "rsa" } as const;
  const rsaServer = await folder.issue("rsa-server", rsa, ca);
  const clients = new Map<string, Issued | undefined>([["nobody", undefined]]);
  const add = async (
    name: string,
    request: Parameters<CertificateFolder["issue"]>[1] = {},
    issuer: Issued | undefined = ca,
  ): Promise<void> => {
    const full = { commonName: "client", hosts: here, usages: both, ...request };
    clients.set(name, await folder.issue(`client-${name}`, full, issuer));
  };
  await add("good");
  await add("rsa", { keyType: "rsa" });
  await add("expired", { fromDays: -5, toDays: -1 });
  await add("not-yet", { fromDays: 5 });
  await add("of-other-ca", {}, otherCa);
  clients.set("self-signed", await folder.issue("client-self", { hosts: here, usages: both }));
  await add("for-servers-only", { usages: ["serverAuth"] });
  await add("for-clients-only", { usages: ["clientAuth"] });
  await add("for-anything", { usages: [] });
  await add("without-names", { hosts: [] });
  await add("of-another-address", { hosts: ["10.1.2.3"] });
  await add("of-another-name", { hosts: ["other.example.com"] });
  await add("of-this-name", { hosts: ["localhost"] });
  await add("of-this-address", { hosts: ["127.0.0.1"] });
  await add("of-ipv6", { hosts: ["::1"] });
  await add("of-another-address-and-this-name", { hosts: ["10.1.2.3", "localhost"] });
  await add("wildcard", { hosts: ["*.example.com", "127.0.0.1"] });
  await add("with-chain", { chain: [intermediate] }, intermediate);
  await add("without-chain", {}, intermediate);
  await add("revoked", { serialNumber: revokedSerial });
  await add("of-revoked-intermediate", { chain: [revokedIntermediate] }, revokedIntermediate);
  await add("same-serial-other-ca", { serialNumber: revokedSerial }, otherCa);
  await add("alice", { commonName: "alice" });
  await add("Alice", { commonName: "Alice" });
  await add("nameless", { commonName: "" });
  const revoked = [revokedSerial, revokedIntermediate.serialNumber];
  const files = {
    crl: await folder.revoke("crl.der", ca, revoked),
    emptyCrl: await folder.revoke("empty-crl.der", ca, []),
    brokenCrl: folder.write("broken-crl.der", "no list"),
    noCrl: `${folder.path}/none.der`,
    bothCas: folder.write("both.crt", ca.cert + otherCa.cert),
    noCas: folder.write("none.crt", ""),
  };
  return { folder, ca, otherCa, server, rsaServer, intermediate, files, clients };
}
