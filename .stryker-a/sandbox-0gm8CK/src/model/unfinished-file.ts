/** Who makes a file that is not whole yet. */
export interface Maker {
  /** Host name of this machine. */
  readonly machine: string;
  readonly pid: number;
}

/** How unfinished files end: `part` a report, `draft` a backup. */
export type DraftEnd = 'part' | 'draft';

/** Without dots, which part the name from what stands before it. */
const nameOf = (machine: string): string => machine.replaceAll(/[^\w-]/g, '_');
const endOf = (end: DraftEnd): string => `.ra-preflight.${end}`;

/** The unfinished file beside its goal, under a name that says whose it is. */
export const unfinishedName = (goal: string, { machine, pid }: Maker, end: DraftEnd): string =>
  `${goal}.${nameOf(machine)}-${pid}${endOf(end)}`;

/**
 * The process of this machine that makes the unfinished file of that name (without its folder), whatever its goal: a goal that is
 * named by its run never comes again. Null for any other file.
 */
export const makerOf = (name: string, machine: string, end: DraftEnd): number | null => {
  if (!name.endsWith(endOf(end))) return null;
  const [, before, pid] = /^(.+)-(\d{1,10})$/.exec(name.slice(0, -endOf(end).length)) ?? [];
  return before?.endsWith(`.${nameOf(machine)}`) ? Number(pid) : null;
};
