// --feature-gates: etcd's alpha and beta features by name, and the two names that stand for all of them
// (pkg/featuregate, features/etcd_features.go).

type Stage = "ALPHA" | "BETA";

interface GateSpec {
  readonly initial: boolean;
  readonly stage: Stage;
}

const alpha: GateSpec = { initial: false, stage: "ALPHA" };
const beta: GateSpec = { initial: true, stage: "BETA" };

/**
 * The gates of etcd 3.7. TxnModeWriteWithSharedBuffer and FastLeaseKeepAlive change only how etcd does a
 * thing; here it is done in one way that suits both values.
 */
const gateSpecs = {
  AllAlpha: alpha,
  AllBeta: { initial: false, stage: "BETA" },
  StopGRPCServiceOnDefrag: alpha,
  InitialCorruptCheck: alpha,
  CompactHashCheck: alpha,
  TxnModeWriteWithSharedBuffer: beta,
  LeaseCheckpoint: alpha,
  LeaseCheckpointPersist: alpha,
  SetMemberLocalAddr: alpha,
  FastLeaseKeepAlive: beta,
  PriorityRequest: alpha,
} as const satisfies Record<string, GateSpec>;

export type GateName = keyof typeof gateSpecs;

/** Whether each gate is on. */
export type FeatureGates = Readonly<Record<GateName, boolean>>;

const gateNames = Object.keys(gateSpecs) as GateName[];

export const gateStage = (name: GateName): Stage => gateSpecs[name].stage;

/**
 * Pairs `name=true` with commas between them; the last one of a name counts. AllAlpha and AllBeta set
 * what is not named itself.
 * @throws with the words of featuregate.Set
 */
export function parseFeatureGates(text: string): FeatureGates {
  const set = setGates(text);
  for (const name of set.keys()) {
    if (!Object.hasOwn(gateSpecs, name)) throw new Error(`unrecognized feature gate: ${name}`);
  }
  const gates = gateNames.map((name) => [name, set.get(name) ?? gateSpecs[name].initial]);
  return Object.fromEntries(gates) as FeatureGates;
}

/** The gates that this text sets, sorted, as featuregate prints them. */
export const gatesText = (text: string): string =>
  [...setGates(text)]
    .map(([name, isOn]) => `${name}=${isOn}`)
    .toSorted()
    .join(",");

/** What a text sets by name, and what AllAlpha and AllBeta then set of the others. */
function setGates(text: string): Map<string, boolean> {
  const set = new Map<string, boolean>();
  for (const pair of text.split(",")) if (pair !== "") set.set(...parsePair(pair));
  const all = { ALPHA: set.get("AllAlpha"), BETA: set.get("AllBeta") };
  for (const name of gateNames) {
    const value = all[gateSpecs[name].stage];
    if (value !== undefined && !set.has(name) && !name.startsWith("All")) set.set(name, value);
  }
  return set;
}

function parsePair(pair: string): [name: string, isOn: boolean] {
  const equals = pair.indexOf("=");
  const name = (equals < 0 ? pair : pair.slice(0, equals)).trim();
  if (equals < 0) throw new Error(`missing bool value for ${name}`);
  const value = pair.slice(equals + 1).trim();
  if (!/^(1|0|t|f|true|false|TRUE|FALSE|True|False|T|F)$/.test(value)) {
    const why = `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`;
    throw new Error(`invalid value of ${name}=${value}, err: ${why}`);
  }
  return [name, /^[1tT]/.test(value)];
}
