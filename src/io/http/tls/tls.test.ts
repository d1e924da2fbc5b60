import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { silentLog } from "../../host/index.ts";
import { writeRevocationList } from "./certificate.ts";
import { checkCipherSuites, openSslCiphers } from "./cipher-suites.ts";
import { canonicalIp, namesOf, whyNotValidFor } from "./host-names.ts";
import { readKeyPair, readPool } from "./pem-files.ts";
import { type Resolver, whyNotFrom } from "./remote-names.ts";
import { RevocationFile } from "./revocation.ts";
import { selfSignedTls } from "./self-signed.ts";
import { ServerTls } from "./server-tls.ts";
import { noTls } from "./tls-info.ts";

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "quorate-tls-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const named = (subjectAltName: string, subject = "CN=someone") =>
  namesOf({ subject, subjectAltName });

test("a certificate is valid for names and addresses by Go's rules", () => {
  const names = named(
    'DNS:a.example.com, DNS:*.wild.example.com, DNS:"odd, name", IP Address:10.0.0.1, ' +
      "IP Address:0:0:0:0:0:0:0:1",
  );
  assert.deepEqual(names.dnsNames, ["a.example.com", "*.wild.example.com", "odd, name"]);
  const valid = [
    "a.example.com",
    "A.Example.COM",
    "a.example.com.",
    "b.wild.example.com",
    "10.0.0.1",
    "::1",
    "[::1]",
    "::ffff:10.0.0.1",
  ];
  for (const host of valid) assert.equal(whyNotValidFor(names, host), undefined, host);
  const list = "a.example.com, *.wild.example.com, odd, name";
  for (const host of ["example.com", "x.b.wild.example.com", "wild.example.com", ".example.com"]) {
    assert.equal(
      whyNotValidFor(names, host),
      `x509: certificate is valid for ${list}, not ${host}`,
    );
  }
  assert.equal(
    whyNotValidFor(names, "10.0.0.2"),
    "x509: certificate is valid for 10.0.0.1, ::1, not 10.0.0.2",
  );
  assert.equal(
    whyNotValidFor(named(""), "someone"),
    "x509: certificate relies on legacy Common Name field, use SANs instead",
  );
  assert.equal(
    whyNotValidFor(named("DNS:a"), "127.0.0.1"),
    "x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
  );
});

test("the common name is the last one, unescaped", () => {
  const subject = "O=org\nCN=first\nCN=Doe\\, John";
  assert.equal(namesOf({ subject, subjectAltName: undefined }).commonName, "Doe, John");
  assert.equal(namesOf({ subject: undefined, subjectAltName: undefined }).commonName, "");
  assert.equal(canonicalIp("FE80::1"), "fe80::1");
});

test("a client must come from where its certificate says", async () => {
  const resolver: Resolver = {
    reverse: (address) =>
      address === "10.0.0.1"
        ? Promise.resolve(["m1.example.com."])
        : Promise.reject(new Error("NX")),
    lookup: (name) => Promise.resolve(name === "m2" ? ["10.0.0.2"] : []),
  };
  const from = (san: string, address: string) => whyNotFrom(named(san), address, resolver);
  for (const [san, address] of [
    ["", "10.9.9.9"],
    ["IP Address:10.0.0.9", "10.0.0.9"],
    ["DNS:m1.example.com", "10.0.0.1"],
    ["DNS:*.example.com", "10.0.0.1"],
    ["DNS:m2", "10.0.0.2"],
    ["IP Address:10.0.0.9, DNS:m2", "10.0.0.2"],
  ] as const) {
    assert.equal(await from(san, address), undefined, `${san} from ${address}`);
  }
  assert.equal(
    await from("IP Address:10.0.0.9", "10.0.0.2"),
    "x509: certificate is valid for 10.0.0.9, not 10.0.0.2",
  );
  assert.equal(
    await from("DNS:m3, DNS:*.org", "10.0.0.3"),
    'tls: "10.0.0.3" does not match any of DNSNames ["m3" "*.org"] (NX)',
  );
});

test("our own certificate is etcd's: P-521, its hosts, its years, used again", async (context) => {
  const directory = join(folderOf(context), "fixtures", "client");
  const options = {
    directory,
    hosts: ["localhost", "127.0.0.1", "::1"],
    validityYears: 2,
    nowMs: Date.UTC(2026, 10, 22),
    log: silentLog,
  };
  const info = await selfSignedTls(options);
  const certificate = new X509Certificate(readFileSync(info.certFile));
  const key = createPrivateKey(readFileSync(info.keyFile));
  assert.ok(certificate.checkPrivateKey(key));
  assert.ok(certificate.verify(certificate.publicKey), "signed by itself");
  assert.equal(key.asymmetricKeyDetails?.namedCurve, "secp521r1");
  assert.equal(certificate.subject, "O=etcd");
  assert.ok(certificate.ca);
  assert.deepEqual(namesOf(certificate).dnsNames, ["localhost"]);
  assert.deepEqual(namesOf(certificate).ipAddresses, ["127.0.0.1", "::1"]);
  assert.equal(Date.parse(certificate.validTo), Date.UTC(2026, 10, 22) + 2 * 365 * 86_400_000);
  assert.deepEqual(await selfSignedTls(options), info);
  assert.equal(readFileSync(info.certFile, "utf8"), certificate.toString());
  await assert.rejects(selfSignedTls({ ...options, validityYears: 0 }), {
    message: "selfSignedCertValidity is invalid,it should be greater than 0",
  });
});

test("revoked serial numbers are read anew, and an unreadable list refuses", async (context) => {
  const path = join(folderOf(context), "crl.der");
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const write = async (...serialNumbers: bigint[]): Promise<void> => {
    const now = new Date();
    const list = { issuer: { commonName: "ca" }, serialNumbers, thisUpdate: now, nextUpdate: now };
    writeFileSync(path, await writeRevocationList(list, privateKey));
  };
  const file = await RevocationFile.at(path);
  assert.equal(file.whyRefused(["01"]), `open ${path}: no such file or directory`);
  await write();
  assert.equal(file.whyRefused(["01"]), undefined);
  await write(1n, 0xff00ffn);
  assert.equal(file.whyRefused(["1"]), "transport: certificate serial 01 revoked");
  assert.equal(file.whyRefused(["02", "FF00FF"]), "transport: certificate serial ff00ff revoked");
  assert.equal(file.whyRefused(["02"]), undefined);
  const whole = readFileSync(path);
  for (const damaged of ["", "-----BEGIN X509 CRL-----", whole.subarray(0, whole.length - 3)]) {
    writeFileSync(path, damaged);
    assert.equal(file.whyRefused(["02"]), "x509: malformed crl");
  }
});

test("cipher suites have Go's names", () => {
  assert.throws(() => checkCipherSuites(["ECDHE-RSA-AES128-GCM-SHA256"]), {
    message: 'unexpected TLS cipher suite "ECDHE-RSA-AES128-GCM-SHA256"',
  });
  checkCipherSuites(["TLS_RSA_WITH_RC4_128_SHA", "TLS_AES_128_GCM_SHA256"]);
  const chosen = openSslCiphers([
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
  ]);
  assert.match(chosen, /SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305$/);
  assert.doesNotMatch(openSslCiphers([]), /(^|:)AES/, "no RSA key exchange unless named");
});

test("files that cannot serve are refused in Go's words", async (context) => {
  const folder = folderOf(context);
  const own = {
    directory: folder,
    hosts: ["a"],
    validityYears: 1,
    nowMs: Date.now(),
    log: silentLog,
  };
  const { certFile, keyFile } = await selfSignedTls(own);
  const other = await selfSignedTls({ ...own, directory: join(folder, "other") });
  const empty = join(folder, "empty");
  writeFileSync(empty, "");
  const broken = join(folder, "broken");
  writeFileSync(broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  for (const [cert, key, message] of [
    [join(folder, "none"), keyFile, `open ${folder}/none: no such file or directory`],
    [empty, keyFile, "tls: failed to find any PEM data in certificate input"],
    [certFile, empty, "tls: failed to find any PEM data in key input"],
    [
      certFile,
      certFile,
      "tls: found a certificate rather than a key in the PEM for the private key",
    ],
    [
      keyFile,
      certFile,
      "tls: failed to find certificate PEM data in certificate input, but did find a private key; " +
        "PEM inputs may have been switched",
    ],
    [certFile, other.keyFile, "tls: private key does not match public key"],
    [broken, keyFile, "x509: malformed certificate"],
  ] as const) {
    assert.throws(() => readKeyPair(cert, key), { message });
  }
  assert.deepEqual(readPool(empty), []);
  assert.equal(readPool(certFile).length, 1);
  const load = (part: object): Promise<ServerTls> =>
    ServerTls.load({ ...noTls, certFile, keyFile, ...part }, { log: silentLog });
  await assert.rejects(load({ keyFile: "" }), {
    message: `KeyFile and CertFile must both be present[key: , cert: ${certFile}]`,
  });
  await assert.rejects(load({ clientCertFile: "c" }), {
    message:
      "ClientKeyFile and ClientCertFile must both be present or both absent: key: , cert: c]",
  });
  await assert.rejects(load({ allowedCommonNames: ["a"], allowedHostnames: ["b", "c"] }), {
    message:
      'AllowedCNs and AllowedHostnames are mutually exclusive (cns=["a"], hostnames=["b" "c"])',
  });
  assert.equal((await load({ trustedCaFile: certFile })).wantsCertificate, true);
  assert.equal((await load({})).wantsCertificate, false);
});
