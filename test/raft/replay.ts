// Replays a scenario file and tells where it goes another way.
import { parseDirectives, type Directive } from "./datadriven.ts";
import { ConfChangeEnvironment } from "./conf-change-scenario.ts";
import { InteractionEnvironment } from "./interaction.ts";
import { runQuorumDirective } from "./quorum-scenario.ts";

export type ScenarioKind = "interaction" | "quorum" | "confchange";

export interface Difference {
  readonly directive: Directive;
  readonly expected: string;
  readonly actual: string;
}

/** Upstream's log prose: the words are theirs, what happened shows in the lines around them. */
const logLine = /^ *(?:DEBUG|INFO|WARN|ERROR|FATAL) /;

/** Runs every directive of a file in one environment. Returns how many, and all differences. */
export function replay(
  kind: ScenarioKind,
  text: string,
): { count: number; differences: Difference[] } {
  const run = runnerOf(kind);
  const differences: Difference[] = [];
  const directives = parseDirectives(text);
  for (const directive of directives) {
    const expected = comparable(directive.expected);
    const actual = comparable(run(directive));
    if (expected !== actual) differences.push({ directive, expected, actual });
  }
  return { count: directives.length, differences };
}

/** What each directive of a file prints. */
export function actualOutputs(kind: ScenarioKind, text: string): string[] {
  const run = runnerOf(kind);
  return parseDirectives(text).map((directive) => run(directive));
}

function runnerOf(kind: ScenarioKind): (directive: Directive) => string {
  switch (kind) {
    case "interaction": {
      const environment = new InteractionEnvironment();
      return (directive) => environment.run(directive);
    }
    case "confchange": {
      const environment = new ConfChangeEnvironment();
      return (directive) => environment.run(directive);
    }
    case "quorum":
      return runQuorumDirective;
  }
}

/** Without log lines; a command that only logged something is "ok". */
function comparable(output: string): string {
  const lines = output.split("\n").filter((line) => !logLine.test(line));
  const text = lines.join("\n").replace(/\n+$/, "");
  return text === "" ? "ok" : text;
}

/** The difference as a reader wants it. */
export const describeDifference = (file: string, { directive, expected, actual }: Difference) =>
  `${file}:${directive.line}: ${directive.command}\nexpected:\n${expected}\nactual:\n${actual}\n`;
