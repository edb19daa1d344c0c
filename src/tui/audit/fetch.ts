import type { Group, HostReport } from '../../model/report.ts';
import type { RunControl } from '../../model/run-control.ts';
import { cleaned } from '../../text/fit-text.ts';
import { CODE, isJudged } from '../kit/host-code.ts';
import type { ViewStore } from '../kit/view-store.ts';
import type { AuditAction } from './audit-reduce.ts';
import { type AuditView, judgedCount } from './audit-state.ts';
import { previewedHost } from './move.ts';

/** Findings are read at most this often, and followed by a rest of twenty times their cost. */
const GROUPS_MS = 1000;
const GROUPS_REST = 20;

/** Where the screen reads from what events do not carry: reports and findings. */
export interface Sources {
  readonly groups: () => readonly Group[];
  readonly reportOf: (index: number) => HostReport | null;
  readonly steering: RunControl;
  readonly clean: (text: string) => string;
}

/** Brings the view what it shows and does not hold: findings, the report of the host that it describes, the rate. */
export interface Fetcher {
  readonly groups: () => void;
  readonly report: () => void;
  readonly pace: () => void;
}

/** A fetcher that has read nothing yet. */
export const createFetcher = (store: ViewStore<AuditView, AuditAction>, sources: Sources): Fetcher => {
  let nextGroupsAt = Number.NEGATIVE_INFINITY;
  let judgedThen = 0;
  return {
    groups: () => {
      const began = performance.now();
      const judged = judgedCount(store.view());
      if (began < nextGroupsAt || judged === judgedThen) return;
      judgedThen = judged;
      store.dispatch({ type: 'found', groups: cleaned(sources.groups(), sources.clean) });
      const ended = performance.now();
      nextGroupsAt = ended + Math.max(GROUPS_MS, GROUPS_REST * (ended - began));
    },
    report: () => {
      const view = store.view();
      const index = previewedHost(view);
      const code = index === null ? CODE.waiting : (view.states[index] ?? CODE.waiting);
      if (index === null || !isJudged(code)) return;
      const { opened } = view;
      const isSame = opened?.index === index && opened.code === code;
      if (isSame && opened.host !== null) return;
      const report = sources.reportOf(index);
      if (report !== null || !isSame)
        store.dispatch({ type: 'opened', index, report: report && cleaned(report, sources.clean) });
    },
    pace: () => {
      const { paused, rate, sent } = sources.steering;
      store.dispatch({ type: 'steered', paused, rate, sent });
    },
  };
};
