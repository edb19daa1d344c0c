import type { HostReport } from '../../src/model/report.ts';
import { MODERN_PORTS } from '../../src/model/target.ts';
import { namedFrom, settleByNamed } from '../../src/verdict/witness/raise.ts';
import { randomOf } from '../simulation/random.ts';
import { type Kind, type Machine, OPEN, type Picture, reportOn } from '../simulation/witness-world.ts';

export const machine = (low: number, kind: Kind, more: Partial<Machine> = {}): Machine => ({
  address: `10.1.2.${low}`,
  kind,
  half: 0,
  own: null,
  ...more,
});

export const reported = (one: Machine, picture: Partial<Picture> = {}, isTraced = true): HostReport =>
  reportOn({ ...OPEN, ...picture }, one, randomOf(1), isTraced);

export const NOVICE = machine(10, 'stealthy');
export const SERVER = machine(20, 'server');
export const PRINTER = machine(21, 'printer');
export const DROPS = { at: 'last', ports: MODERN_PORTS, for: 'subnet' } as const;

export const settled = (witnesses: readonly HostReport[], novice = reported(NOVICE)): HostReport =>
  settleByNamed(
    novice,
    witnesses.map((report) => namedFrom(report, report)),
  );

export const rules = ({ because }: HostReport): string[] => because.map(({ rule }) => rule);
