export function plantMutant(_name: string): void {}
