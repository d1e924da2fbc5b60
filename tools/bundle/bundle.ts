// All modules that an entry reaches, as one CommonJS script. Each becomes a function that runs when it
// is first asked for, so what is imported by need is still loaded by need. This is no bundler for any
// program: it knows the few forms of import and export that this project writes, and refuses others.
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";

interface Module {
  readonly number: number;
  readonly path: string;
  /** Modules that run before it. */
  readonly imports: number[];
  /** What it exports that is one of the script's own variables. */
  readonly shared: Set<string>;
  code: string;
}

export interface Bundle {
  readonly code: string;
  /** Paths of the sources from the root. */
  readonly sources: readonly string[];
}

const importForm = /^import\s+(?:\{([^}]*)\}\s*from|\*\s*as\s+([\w$]+)\s+from|)\s*"([^"]+)";/gm;
const reexportForm = /^export\s+(?:\{([^}]*)\}|(\*))\s*from\s*"([^"]+)";/gm;
const localExportForm = /^export\s+\{([^}]*)\};/gm;
const lazyImportForm = /\bimport\("([^"]+)"\)/g;
const declarationForm = /^export +((?:async )?function\*?|class|const|let) ([\w$]+)/gm;
const destructuredForm = /^export const \{([^}:=]*)\} =/gm;
const wideSpace = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff]/;
const leftover = /^(?:import|export)\b|\bimport\(/m;

const prelude = readFileSync(new URL("prelude.cjs", import.meta.url), "utf8");

/** Bundles what `entry` (a path from `root`) reaches. Throws when a module has a form it does not know. */
export function bundle(root: string, entry: string): Bundle {
  const builder = new Builder(root);
  const first = builder.module(entry);
  builder.checkOrder();
  return { code: builder.script(first), sources: builder.paths };
}

class Builder {
  readonly #root: string;
  readonly #modules = new Map<string, Module>();
  /** Exported variables that change: they belong to the script, where all modules see them change. */
  readonly #shared = new Map<string, string>();

  constructor(root: string) {
    this.#root = root;
  }

  get paths(): string[] {
    return [...this.#modules.keys()];
  }

  module(path: string): number {
    const known = this.#modules.get(path);
    if (known !== undefined) return known.number;
    const module: Module = {
      number: this.#modules.size,
      path,
      imports: [],
      shared: new Set(),
      code: "",
    };
    this.#modules.set(path, module);
    const source = readFileSync(join(this.#root, path), "utf8");
    if (wideSpace.test(source)) throw new Error(`${path}: a wide space is not bundled`);
    // Where a type had a wide character, what is left is a wide space.
    const stripped = stripTypeScriptTypes(source).replaceAll(new RegExp(wideSpace, "g"), " ");
    module.code = this.#rewritten(module, stripped);
    return module.number;
  }

  #rewritten(module: Module, source: string): string {
    const exported: string[] = [];
    let renamed = 0;
    const code = source
      .replaceAll(importForm, (whole, names?: string, all?: string, from = "") => {
        // Only types were taken from there.
        if (names !== undefined && names.trim() === "") return lines(whole);
        const [loaded, shared] = this.#loaded(module, from);
        if (all !== undefined) return `const ${all} = ${loaded};`;
        if (names === undefined) return `${loaded};`;
        const own = specifiers(names).filter(([name, as]) => !isShared(shared, name, as));
        const pairs = own.map(([name, as]) => (name === as ? name : `${name}: ${as}`));
        return `const {${pairs.join(", ")}} = ${loaded};${lines(whole)}`;
      })
      .replaceAll(reexportForm, (whole, names?: string, _all?: string, from = "") => {
        if (names !== undefined && names.trim() === "") return lines(whole);
        const [loaded, shared] = this.#loaded(module, from);
        const own = `$again${renamed++}`;
        if (names === undefined) {
          exported.push(`...${own}`);
          for (const name of shared) module.shared.add(name);
        } else {
          for (const [name, as] of specifiers(names)) {
            if (isShared(shared, name, as)) module.shared.add(name);
            else exported.push(`${as}: ${own}.${name}`);
          }
        }
        return `const ${own} = ${loaded};${lines(whole)}`;
      })
      .replaceAll(localExportForm, (whole, names = "") => {
        for (const [name, as] of specifiers(names)) exported.push(`${as}: ${name}`);
        return lines(whole);
      })
      .replaceAll(declarationForm, (_whole, kind: string, name: string) => {
        if (kind === "let") return this.#share(module, name);
        exported.push(name);
        return `${kind} ${name}`;
      })
      .replaceAll(destructuredForm, (_whole, names: string) => {
        exported.push(...specifiers(names).map(([name]) => name));
        return `const {${names}} =`;
      })
      .replaceAll(lazyImportForm, (_whole, from: string) => {
        const isOurs = from.startsWith(".");
        return `$later(() => ${isOurs ? this.#call(module, from) : `$package("${from}")`})`;
      })
      .replaceAll("import.meta.url", `$url("${module.path}")`);
    const unknown = leftover.exec(code);
    if (unknown !== null || code.includes("import.meta")) {
      const line = code.slice(0, unknown?.index ?? code.indexOf("import.meta")).split("\n").length;
      throw new Error(`${module.path}:${line}: a form of import or export that is not bundled`);
    }
    return `${code}\nreturn { ${exported.join(", ")} };`;
  }

  #share(module: Module, name: string): string {
    const other = this.#shared.get(name);
    if (other !== undefined) throw new Error(`${name} is shared by ${other} and ${module.path}`);
    this.#shared.set(name, module.path);
    module.shared.add(name);
    return name;
  }

  /** The expression that is the imported module, and what it exports that is shared. */
  #loaded(module: Module, from: string): [string, ReadonlySet<string>] {
    if (!from.startsWith(".")) return [`$package("${from}")`, new Set()];
    const path = join(dirname(module.path), from);
    module.imports.push(this.module(path));
    return [this.#call(module, from), this.#modules.get(path)!.shared];
  }

  #call(module: Module, from: string): string {
    return `$${this.module(join(dirname(module.path), from))}()`;
  }

  /** Names are taken when a module runs, not when they are used: no module may need itself. */
  checkOrder(): void {
    const modules = [...this.#modules.values()];
    const done = new Set<number>();
    const under: number[] = [];
    const visit = (number: number): void => {
      if (done.has(number)) return;
      const at = under.indexOf(number);
      if (at >= 0) {
        const circle = [...under.slice(at), number].map((each) => modules[each]!.path);
        throw new Error(`modules import each other: ${circle.join(" → ")}`);
      }
      under.push(number);
      modules[number]!.imports.forEach(visit);
      under.pop();
      done.add(number);
    };
    modules.forEach(({ number }) => visit(number));
  }

  script(entry: number): string {
    const modules = [...this.#modules.values()];
    const shared = ["$none", ...this.#shared.keys()].join(", ");
    const heads = modules.map(({ number }) => `const $${number} = $once(() => {`);
    const parts = modules.map(({ code }, at) => `${heads[at]}\n${code}\n});\n`);
    let line = prelude.split("\n").length + 3;
    const places = modules.map(({ path }, at): [number, string] => {
      const begins = line;
      line += parts[at]!.split("\n").length - 1;
      return [begins, path];
    });
    const table = `const $places = ${JSON.stringify(places)};\nlet ${shared};\n`;
    const body = `${prelude}${table}${parts.join("")}return $${entry}();\n`;
    return ascii(`(function (require, __dirname, __filename) {${body}})\n`);
  }
}

function isShared(shared: ReadonlySet<string>, name: string, as: string): boolean {
  if (shared.has(name) && name !== as) throw new Error(`${name} changes: it keeps its name`);
  return shared.has(name);
}

/** `a, b as c` as pairs of what it is and what it is called. */
const specifiers = (names: string): [string, string][] =>
  names
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "")
    .map((each) => {
      const [name = "", as = name] = each.split(/\s+as\s+/);
      return [name, as];
    });

/** As many lines as the text has, so that a stack's line is the source's, counted from its head. */
const lines = (text: string): string => "\n".repeat(text.split("\n").length - 1);

/** One byte a character keeps the script half as large in memory; an escape means the same anywhere. */
const ascii = (text: string): string =>
  text.replaceAll(
    /[^\0-\x7F]/g,
    (unit) => String.raw`\u` + unit.charCodeAt(0).toString(16).padStart(4, "0"),
  );
