// Whatever stands in a configuration file, on the command line or in the environment is a configuration
// or a UsageError.
import { mutateText } from "../../../test/fuzz/mutation.ts";
import {
  assert,
  formatDuration,
  parseDuration,
  type RandomSource,
  seededRandom,
} from "../../base/index.ts";
import { parseInitialCluster } from "../member/initial-cluster.ts";
import { configFrom } from "./config.ts";
import { readConfigText } from "./config-file.ts";
import { flagTable } from "./flag-table.ts";
import { type FlagValues, parseFlags, UsageError } from "./flags.ts";
import { parseUrls } from "./urls.ts";

const lines = [
  "name: m1",
  "heartbeat-interval: 200",
  "Election-Timeout: 2000",
  "listen-client-urls: https://127.0.0.1:2379, http://127.0.0.1:2379",
  "log-outputs: [stdout, stderr]",
  "socket-options: { reuse-port: true }",
  "client-transport-security:\n  cert-file: a\n  client-cert-auth: yes",
  "pre-vote: no",
  "quota-backend-bytes: 0x10",
  "initial-cluster: a=http://127.0.0.1:2380",
  "x: &a [1, *a]",
  '"snapshot-count": 1e2',
  "cors: |\n  a\n  b",
];
const yamlMarks = ":-[]{}&*!|>'\"#,?~ \n\t019ey";

/** A few lines of a configuration, with up to four changes. */
export function yamlInput(seed: number): string {
  const random = seededRandom(seed);
  let text = "";
  for (let count = random.below(2); count >= 0; count--) {
    text += `${lines[random.below(lines.length)]!}\n`;
  }
  return random.below(4) === 0 ? text : mutateText(random, text, yamlMarks);
}

/** How one file ended; throws only when a promise was broken. */
export async function fuzzYaml(seed: number): Promise<string> {
  try {
    return configEnd(await readConfigText(yamlInput(seed)), seed);
  } catch (error) {
    if (error instanceof UsageError) return "refused";
    throw error;
  }
}

/** Most end here; one in eight is made a configuration, which takes longer than all before. */
function configEnd(values: FlagValues, seed: number): string {
  if (seed % 8 > 0) return "values";
  configFrom(values);
  return "configuration";
}

const names = [...flagTable.keys()];
const texts = [
  "true",
  "1s",
  "-1",
  "http://127.0.0.1:1",
  "a=http://127.0.0.1:1,b",
  "jwt,x",
  "0",
  "",
];

function flagText(random: RandomSource): string {
  const name = names[random.below(names.length)]!;
  const spec = flagTable.get(name)!;
  const value = random.below(2) === 0 ? spec.initial : texts[random.below(texts.length)]!;
  const marks = "-=,:/.0129smh[]";
  const kind = random.below(32);
  // What is no flag costs a search for one that is nearly called so.
  if (kind === 0) return mutateText(random, `--${name}=${value}`, marks);
  return `--${name}=${kind < 16 ? value : mutateText(random, value, marks)}`;
}

/** How one command line ended; throws only when a promise was broken. */
export function fuzzFlags(seed: number): string {
  const random = seededRandom(seed);
  const argv: string[] = [];
  for (let count = random.below(3); count >= 0; count--) argv.push(flagText(random));
  try {
    return configEnd(parseFlags(argv, {}), seed);
  } catch (error) {
    if (error instanceof UsageError) return `refused with ${error.exitCode}`;
    throw error;
  }
}

const urls = [
  "http://127.0.0.1:2379",
  "https://[::1]:2380,http://localhost:1",
  "unix://a.sock:0",
  "http://a:b",
];
const clusters = ["a=http://127.0.0.1:1", "a=http://x:1,b=http://y:2,a=http://z:3"];
const durations = ["1h30m", "300ms", "1.5s", "-1m", "2562047h47m16s", ".5us", "0", "1ns"];

const oneOf = (of: readonly string[], marks: string) => (seed: number) => {
  const random = seededRandom(seed);
  const text = of[random.below(of.length)]!;
  return random.below(3) === 0 ? text : mutateText(random, text, marks);
};
export const urlsInput = oneOf(urls, ":/,.[]@?#%0129 au");
export const clusterInput = oneOf(clusters, "=,:/. ab0");
export const durationInput = oneOf(durations, "0123456789.-+hmsun");

/** Whether Go's readers of these would take them; an Error tells why not. */
export const isUrlsAccepted = (text: string): boolean => isRead(() => parseUrls(text));
export const isClusterAccepted = (text: string): boolean => isRead(() => parseInitialCluster(text));
export const isDurationAccepted = (text: string): boolean => parseDuration(text) !== undefined;

function isRead(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    assert(error instanceof Error && error.constructor === Error, `it says why: ${String(error)}`);
    return false;
  }
}

/** How three texts of flags ended; throws only when a promise was broken. */
export function fuzzFlagTexts(seed: number): string {
  const ms = parseDuration(durationInput(seed));
  if (ms !== undefined && Math.abs(ms) > 1e-6 && Math.abs(ms) < 1e9) {
    const again = parseDuration(formatDuration(ms));
    assert(Math.abs(again! - ms) <= 1e-6 + 1e-9 * Math.abs(ms), `seed ${seed}: ${ms} ms survives`);
  }
  const ends = [isUrlsAccepted(urlsInput(seed)), isClusterAccepted(clusterInput(seed))];
  return [...ends, ms !== undefined].join(", ");
}
