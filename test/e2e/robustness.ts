// The scenarios of etcd's robustness suite: writers, watchers and compactions under a fault, then all that
// any client saw is held against a model (linearizable, watches W1-W9, hashes of all members, their logs).
const trafficProfiles = [
  "EtcdHighTraffic",
  "EtcdTrafficDeleteLeases",
  "KubernetesHighTraffic",
  "KubernetesLowTraffic",
];

/** Each takes one of the faults at random that fit a cluster of this size. */
const exploratory = ["ClusterOfSize1", "ClusterOfSize3"].flatMap((size) =>
  trafficProfiles.map((profile) => `TestRobustnessExploratory/${profile}/${size}`),
);

/** Bugs that etcd had, under the fault that showed them. */
const regressions = [14370, 14685, 13766, 15220, 17529, 17780, 19179, 18089, 20221, 15271].map(
  (issue) => `TestRobustnessRegression/Issue${issue}`,
);

export const robustnessScenarios: readonly string[] = [...regressions, ...exploratory];
