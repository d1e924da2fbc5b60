import assert from "node:assert/strict";
import { test } from "node:test";
import { answerGofail, Gofail } from "./gofail.ts";

function made(): { gofail: Gofail; deaths: string[]; slept: number[]; chances: number[] } {
  const deaths: string[] = [];
  const slept: number[] = [];
  const chances: number[] = [];
  const gofail = new Gofail(["one", "two", "raftBeforeSave"], {
    chance: () => chances.shift() ?? 0,
    die: (text) => deaths.push(text),
    sleep: (ms) => slept.push(ms),
    hold: (ms) => slept.push(-ms),
  });
  return { gofail, deaths, slept, chances };
}

test("terms are gofail's: counts, chances, chains and values", () => {
  const { gofail, deaths, slept, chances } = made();
  const { reach } = gofail;
  assert.equal(gofail.enable("one", '1*off->2*return("why")->panic'), undefined);
  assert.deepEqual([reach("one"), reach("one"), reach("one")], [undefined, "why", "why"]);
  reach("one");
  assert.deepEqual(deaths, ["panic: failpoint panic: one\n"]);
  assert.equal(gofail.enable("two", '50.0%sleep("1s")->sleep(20)'), undefined);
  chances.push(0.4, 0.6);
  reach("two");
  reach("two");
  assert.deepEqual(slept, [1000, 20]);
  assert.equal(reach("neither"), undefined);
});

test("a sleep stops the member in its turn, what the place says there, elsewhere the process", () => {
  const { gofail, slept } = made();
  for (const name of ["raftBeforeSave", "one"]) {
    gofail.enable(name, "sleep(20)");
    gofail.reach(name);
  }
  gofail.reach("one", (ms) => slept.push(ms / 2));
  assert.deepEqual(slept, [-20, 20, 10]);
});

test("what is no term or no place is refused with gofail's words", () => {
  const { gofail } = made();
  for (const terms of ["", "retrun", "return(", "return->", "2*", "panic)"]) {
    assert.equal(gofail.enable("one", terms), "failpoint: could not parse terms", terms);
  }
  assert.equal(gofail.enable("three", "panic"), "failpoint: failpoint does not exist");
});

test("HTTP lists, sets, shows, counts and deletes", () => {
  const { gofail } = made();
  const ask = (method: string, path: string, body = ""): [number, string] => {
    const { status, text } = answerGofail(gofail, method, path, body);
    return [status, text];
  };
  assert.deepEqual(ask("GET", "/"), [200, "one=\nraftBeforeSave=\ntwo=\n"]);
  assert.deepEqual(ask("PUT", "/one", 'return("x")'), [204, ""]);
  assert.deepEqual(ask("GET", "/one"), [200, 'return("x")\n']);
  gofail.reach("one");
  assert.deepEqual(ask("GET", "/one/count"), [200, "1"]);
  assert.deepEqual(ask("PUT", "/failpoints", "one=off;two=panic"), [204, ""]);
  assert.deepEqual(ask("GET", "/"), [200, "one=off\nraftBeforeSave=\ntwo=panic\n"]);
  assert.deepEqual(ask("DELETE", "/two"), [204, ""]);
  assert.equal(ask("DELETE", "/two")[0], 400);
  assert.equal(ask("GET", "/nowhere")[0], 404);
  assert.equal(ask("PUT", "/nowhere", "panic")[0], 400);
});
