/** Hosts by verdict. `clearSoFar` of them are counted as undetermined too. */
export interface Summary {
  readonly hosts: number;
  readonly ready: number;
  readonly blocked: number;
  readonly undetermined: number;
  /** Of the undetermined, those that `isClearSoFar` (report.ts) holds of. */
  readonly clearSoFar: number;
  readonly unreachable: number;
}

/** One value for each count of a Summary: a schema for all of them, or all at zero. */
export const eachCount = <T>(value: T): Readonly<Record<keyof Summary, T>> => ({
  hosts: value,
  ready: value,
  blocked: value,
  undetermined: value,
  clearSoFar: value,
  unreachable: value,
});
