/** What probes were told; read when somebody scrapes. */
export class HealthCounts {
  success = 0;
  failures = 0;
  /** By `readyz/linearizable_read`: the last result, and how many of each. */
  readonly checks = new Map<string, { isOk: boolean; success: number; error: number }>();

  health(isHealthy: boolean): void {
    if (isHealthy) this.success++;
    else this.failures++;
  }

  check(name: string, isOk: boolean): void {
    const counts = this.checks.get(name) ?? { isOk, success: 0, error: 0 };
    counts.isOk = isOk;
    if (isOk) counts.success++;
    else counts.error++;
    this.checks.set(name, counts);
  }
}
