// Whole numbers as protojson takes them: 5, 5.0, 5e2, 500e-2, and each of them as a string.

const numberPattern = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([-+]?\d*))?(?![-+._a-zA-Z0-9])/;
/** An unsigned 64-bit number has twenty digits. */
const digitsMax = 20;

export interface IntegerRange {
  readonly min: bigint;
  readonly max: bigint;
}

export const integerRanges: Readonly<Record<string, IntegerRange>> = {
  int32: { min: -(2n ** 31n), max: 2n ** 31n - 1n },
  uint32: { min: 0n, max: 2n ** 32n - 1n },
  int64: { min: -(2n ** 63n), max: 2n ** 63n - 1n },
  uint64: { min: 0n, max: 2n ** 64n - 1n },
};

/** The number a JSON number stands for; undefined when it is not whole or out of range. */
export function integerOf(text: string, { min, max }: IntegerRange): bigint | undefined {
  const [, sign = "", whole = "", fraction = "", exponentText = ""] =
    numberPattern.exec(text) ?? [];
  if (whole === "") return undefined;
  const digits = whole === "0" ? "" : whole;
  const part = fraction.replace(/0+$/, "");
  if (digits === "" && part === "") return 0n;
  const exponent = Number(exponentText.replace(/^[-+]?$/, "0"));
  if (!Number.isSafeInteger(exponent) || Math.abs(exponent) > 2 ** 31) return undefined;
  const shifted = exponent >= 0 ? grow(digits, part, exponent) : shrink(digits, part, exponent);
  if (shifted === undefined) return undefined;
  const value = BigInt(sign + (shifted === "" ? "0" : shifted));
  return value >= min && value <= max ? value : undefined;
}

function grow(digits: string, part: string, exponent: number): string | undefined {
  if (part.length > exponent || digits.length + exponent > digitsMax) return undefined;
  return digits + part + "0".repeat(exponent - part.length);
}

function shrink(digits: string, part: string, exponent: number): string | undefined {
  const kept = digits.length + exponent;
  if (part !== "" || kept < 0 || !/^0*$/.test(digits.slice(kept))) return undefined;
  return digits.slice(0, kept);
}
