import type { HostReport } from '../../model/report.ts';
import type { Barred } from '../../model/what-if.ts';
import { type Block, type Doubt, doubtOf } from '../groups/block.ts';
import { type Cause, causesOf, needsOf, SELF } from '../groups/cause.ts';
import { type RuleName, traitsOf } from '../rules.ts';

const RAISED: RuleName = 'group-raised';
const TRANSLATION: RuleName = 'address-translation';
const WITNESS_CLEAR: RuleName = 'witness-clear';

/** What stands between a blocked host and an offer: filters of the network, and `barred` why opening them does not help, or null. */
export interface Obstacles {
  readonly causes: readonly Cause[];
  readonly barred: Barred | null;
}

/** A report as a block takes it: what was concluded from machines around it is no evidence of its own. */
export const ownEvidence = (report: HostReport): HostReport => ({
  ...report,
  requirements: report.requirements.filter(({ rule }) => rule !== WITNESS_CLEAR),
});

/** The doubt that a host was in before its neighbours made it blocked. */
const doubtBefore = (report: HostReport): Doubt => {
  const doubt = doubtOf(report);
  const raised = report.requirements.filter(({ rule }) => rule === RAISED).map(({ name }) => name);
  return { ...doubt, silent: doubt.silent | needsOf(raised) };
};

/** The causes of a blocked host by its own evidence and by its neighbours', as the groups of its block count them. */
const resolvedCauses = (
  report: HostReport,
  block: Block,
  resolve: (seen: { readonly cause: Cause; readonly doubt: Doubt }) => Cause,
): Cause[] => {
  const doubt = doubtBefore(report);
  const isRaised = report.requirements.some(({ rule }) => rule === RAISED);
  const shown = [...causesOf(report), ...(isRaised ? block.likely(doubt).map(({ cause }) => cause) : [])];
  return shown.map((cause) => resolve({ cause, doubt }));
};

/** Why a host whose failing requirements do not all fail by a filter of the network fails. */
const otherReason = ({ requirements }: HostReport, causes: readonly Cause[]): Barred => {
  const failsBy = requirements.map(({ rule }) => traitsOf(rule).failsBy);
  if (causes.some(({ by }) => by === SELF)) return 'own-firewall';
  if (failsBy.includes('closed')) return 'refused';
  if (failsBy.includes('foreign')) return 'other-service';
  return 'no-filter';
};

const whyBarred = (report: HostReport, causes: readonly Cause[], opened: readonly Cause[]): Barred | null => {
  if (report.policy?.forbids) return 'policy';
  if (report.because.some(({ rule }) => rule === TRANSLATION)) return 'translation';
  const failing = needsOf(
    report.requirements.filter(({ state }) => state === 'fail').map(({ name }) => name),
  );
  const covered = opened.reduce((needs, cause) => needs | cause.needs, 0);
  const isOpenable = opened.length === causes.length && (failing & ~covered) === 0;
  return isOpenable ? null : otherReason(report, causes);
};

/** What stands between a blocked host and an offer. `resolve`: to which cause the groups of its block count one. */
export const obstaclesOf = (
  report: HostReport,
  block: Block,
  resolve: (seen: { readonly cause: Cause; readonly doubt: Doubt }) => Cause,
): Obstacles => {
  const causes = resolvedCauses(report, block, resolve);
  const opened = causes.filter(({ by, how }) => by !== SELF && how !== 'refused');
  return { causes: opened, barred: whyBarred(report, causes, opened) };
};
