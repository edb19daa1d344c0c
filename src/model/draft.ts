/** Who makes a file that is not whole yet. */
export interface Maker {
  /** Host name of this machine. */
  readonly machine: string;
  readonly pid: number;
}

/** How unfinished files end: `part` a report, `draft` a backup. */
export type DraftEnd = 'part' | 'draft';

const nameOf = (machine: string): string => machine.replaceAll(/[^\w.-]/g, '_');

/** The unfinished file beside its goal, under a name that says whose it is. */
export const draftOf = (goal: string, { machine, pid }: Maker, end: DraftEnd): string =>
  `${goal}.${nameOf(machine)}-${pid}.${end}`;

/** The process of this machine that makes a file of that name for the goal, both without their folder; null for any other file. */
export const makerOf = (name: string, goal: string, machine: string, end: DraftEnd): number | null => {
  const before = `${goal}.${nameOf(machine)}-`;
  if (!name.startsWith(before) || !name.endsWith(`.${end}`)) return null;
  const pid = name.slice(before.length, -end.length - 1);
  return /^\d{1,10}$/.test(pid) ? Number(pid) : null;
};
