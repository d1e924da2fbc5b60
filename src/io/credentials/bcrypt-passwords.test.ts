import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { test } from "node:test";
import { errors } from "../../core/errors/index.ts";
import { encodeUtf8, latin1FromBytes } from "../../base/index.ts";
import { parseOptions } from "@node-rs/bcrypt";
import { BcryptPasswords } from "./index.ts";
import { waitingPasswordsMax } from "./bcrypt-passwords.ts";
import { nobodysHash } from "./password-task.ts";

const opened = (cost = 4): BcryptPasswords & AsyncDisposable =>
  Object.assign(new BcryptPasswords({ cost, threadsMax: 1 }), {
    [Symbol.asyncDispose](this: BcryptPasswords): Promise<void> {
      return this.close();
    },
  });
const hash = (passwords: BcryptPasswords, password: string): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    passwords.hash(password, (made) => (made instanceof Error ? reject(made) : resolve(made)));
  });
const verify = (
  passwords: BcryptPasswords,
  password: string,
  of: Uint8Array | undefined,
): Promise<boolean | Error> =>
  new Promise((resolve) => {
    passwords.verify(password, of, resolve);
  });

test("a hash is Go's, and belongs to its password alone", async () => {
  await using passwords = opened();
  for (const password of ["secret", "", "\u{1f600} paß", "x".repeat(72), "a\0b"]) {
    const made = await hash(passwords, password);
    assert.match(latin1FromBytes(made), /^\$2a\$04\$[./A-Za-z0-9]{53}$/);
    assert.equal(await verify(passwords, password, made), true);
    assert.equal(await verify(passwords, `${password}x`.slice(-71), made), false);
    assert.notDeepEqual(await hash(passwords, password), made);
  }
});

test("hashes that Go made are known", async () => {
  await using passwords = opened();
  // bcrypt.GenerateFromPassword([]byte("secret"), 4) of golang.org/x/crypto.
  const made = encodeUtf8("$2a$04$thBus5zxScuZXc19gHkZy.E7YmBoPQVcrdqHAl/clZ3YN43zRqMlu");
  assert.equal(await verify(passwords, "secret", made), true);
  assert.equal(await verify(passwords, "wrong", made), false);
});

test("nobody's password is never right, and what is no hash is nobody's", async () => {
  await using passwords = opened();
  for (const of of [
    undefined,
    new Uint8Array(0),
    encodeUtf8("$2a$04$short"),
    encodeUtf8("plain"),
  ]) {
    assert.equal(await verify(passwords, "", of), false);
    assert.equal(await verify(passwords, "plain", of), false);
  }
});

test("nobody's password takes the work of a real one: its hash is a whole one of the same cost", () => {
  for (const cost of [4, 10, 31]) {
    assert.deepEqual(parseOptions(nobodysHash(cost)), { version: "2a", cost });
  }
});

test("what waits beyond the limit is refused at once, and the rest is answered", async () => {
  await using passwords = opened();
  const asked = Array.from({ length: waitingPasswordsMax + 20 }, () =>
    verify(passwords, "wrong", undefined),
  );
  const answers = await Promise.all(asked);
  const refused = answers.filter((answer) => answer === errors.requestTooManyRequests()).length;
  assert.equal(answers.filter((answer) => answer === false).length + refused, answers.length);
  assert.equal(refused, 19, "one runs, 64 wait");
});

test("closing ends what waits", async () => {
  const passwords = opened(11);
  const asked = [verify(passwords, "a", undefined), verify(passwords, "b", undefined)];
  await passwords.close();
  for (const answer of await Promise.all(asked)) assert.equal(answer, errors.stopped());
});

test("passwords are compared neither on the main thread nor on those that files are read by", async () => {
  await using passwords = opened(9);
  const made = await hash(passwords, "secret");
  let compared = 0;
  const all = Array.from({ length: 24 }, async () => {
    assert.equal(await verify(passwords, "secret", made), true);
    compared++;
  });
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  // On libuv's four threads a file would have its turn when twenty were compared.
  await stat(import.meta.filename);
  assert.ok(compared < 12, `${compared} were compared before a file was looked at`);
  await Promise.all(all);
});
