// The grammar of scenario files (cockroachdb/datadriven): a directive, perhaps some input, a line of
// four dashes, and the output expected up to the next blank line.

export interface Directive {
  readonly command: string;
  readonly args: readonly Arg[];
  readonly input: string;
  readonly expected: string;
  /** One-based, for messages. */
  readonly line: number;
}

/** `key`, `key=value` or `key=(value, value)`. */
export interface Arg {
  readonly key: string;
  readonly values: readonly string[];
}

const separator = "----";

export function parseDirectives(text: string): Directive[] {
  const lines = text.split("\n");
  const directives: Directive[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = at + 1;
    let head = lines[at++]!.trim();
    if (head === "" || head.startsWith("#")) continue;
    while (head.endsWith("\\")) head = head.slice(0, -1) + lines[at++]!.trim();
    const input: string[] = [];
    while (at < lines.length && lines[at] !== separator) input.push(lines[at++]!);
    if (at >= lines.length) throw new Error(`line ${line}: no ${separator} after ${head}`);
    at++;
    const expected: string[] = [];
    while (at < lines.length && lines[at] !== "") expected.push(lines[at++]!);
    const [command = "", ...rest] = splitWords(head);
    directives.push({
      command,
      args: rest.map(parseArg),
      input: input.join("\n").trim(),
      expected: expected.map((each) => `${each}\n`).join(""),
      line,
    });
  }
  return directives;
}

/** Splits at spaces outside of parentheses. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  let depth = 0;
  let word = "";
  for (const character of text) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === " " && depth === 0) {
      if (word !== "") words.push(word);
      word = "";
    } else {
      word += character;
    }
  }
  if (word !== "") words.push(word);
  return words;
}

function parseArg(word: string): Arg {
  const equals = word.indexOf("=");
  if (equals < 0) return { key: word, values: [] };
  const value = word.slice(equals + 1);
  const isList = value.startsWith("(") && value.endsWith(")");
  const values = isList ? value.slice(1, -1).split(/[,\s]+/) : [value];
  return { key: word.slice(0, equals), values: values.filter((each) => each !== "") };
}

/** The values of `key`, none when it is absent. */
export const valuesOf = (directive: Directive, key: string): readonly string[] =>
  directive.args.find((arg) => arg.key === key)?.values ?? [];

/** The bare words after the command. */
export const wordsOf = (directive: Directive): string[] =>
  directive.args.filter((arg) => arg.values.length === 0).map((arg) => arg.key);
