// Our core and etcd's raft take the same steps; after each of them everything visible is compared:
// the whole Ready, the status with every follower's progress, and what errors were given.
import assert from "node:assert/strict";
import { test } from "node:test";
import { peer } from "../peers/peers.ts";
import { checksumOf } from "./differential/diff-cluster.ts";
import { GoSide } from "./differential/go-side.ts";
import { type Episode, makeEpisode } from "./differential/schedule.ts";

// RAFTDIFF_SEED repeats a run; a seed makes the same episode whatever their number.
const firstSeed = Number(process.env["RAFTDIFF_SEED"] ?? Date.now() % 1_000_000_000);
const stepsMin = Number(process.env["RAFTDIFF_STEPS"] ?? 1_000_000);
const episodeSteps = 4000;

test("a million random steps lead our nodes and Go's through the same states", async (t) => {
  const program = peer("raftdiff");
  const go = new GoSide(program, { isTracing: false });
  t.after(() => go.close());
  let steps = 0;
  let stopped = 0;
  let seed = firstSeed;
  let next = begin(go, seed);
  for (; steps < stepsMin; seed++) {
    const episode = next;
    // Go works on the next one while its answers to this one are compared.
    next = begin(go, seed + 1);
    const answers = await go.read(episode.commands.length);
    const at = answers.findIndex((answer, step) => answer !== checksumOf(episode.results[step]!));
    if (at >= 0) assert.fail(await describeDifference(program, episode, at));
    // Messages thrown away are no steps of anybody.
    steps += episode.commands.filter((command) => !command.startsWith("drop")).length;
    if (episode.results.at(-1) === "panic") stopped++;
  }
  t.diagnostic(`seeds ${firstSeed} to ${seed - 1}: ${steps} steps, 0 differences`);
  t.diagnostic(`${stopped} episodes ended where both sides refuse to go on`);
});

function begin(go: GoSide, seed: number): Episode {
  const episode = makeEpisode(seed, episodeSteps);
  go.write(episode.commands);
  return episode;
}

/** Runs the episode again up to where it differs, with texts in the place of checksums. */
async function describeDifference(
  program: string,
  { seed, commands, results }: Episode,
  at: number,
): Promise<string> {
  const go = new GoSide(program, { isTracing: true });
  go.write(commands.slice(0, at + 1));
  const answers = await go.read(at + 1);
  go.close();
  const before = commands.slice(Math.max(0, at - 20), at);
  return [
    `RAFTDIFF_SEED=${seed}: step ${at} differs: ${commands[at]}`,
    `ours: ${results[at]}`,
    `Go's: ${answers[at]}`,
    `before it: ${before.join("; ")}`,
  ].join("\n");
}
