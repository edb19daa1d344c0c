import type { Change } from '../../src/model/history.ts';
import type { Group } from '../../src/model/report.ts';
import type { NotifyDeps } from '../../src/notify/deliver.ts';
import type { NotifyRule } from '../../src/notify/rule.ts';
import type { RunResult } from '../../src/notify/run-result.ts';
import { cleanText } from '../../src/text/clean-text.ts';
import { diffOf, runOf } from '../output/runs.ts';

/** A made-up group. */
export const group: Group = {
  id: 'g-1a2b',
  signature: 'endpoint-mapper drop after 10.0.3.1',
  hosts: 3,
  prefixes: ['10.1.0.0/30'],
  text: 'TCP 135 is dropped after 10.0.3.1.',
  commands: ['permit tcp any 10.1.0.0 0.0.0.3 eq 135'],
};

/** A run with three hosts newly blocked and one mended, unless told otherwise. */
export const outcomeOf = (changes: Partial<RunResult> = {}): RunResult => ({
  schedule: 'weekly-hq',
  run: runOf({ schedule: 'weekly-hq' }),
  diff: diffOf({ 'newly-blocked': 3, mended: 1 }),
  failed: null,
  groups: [group],
  files: [],
  ...changes,
});

/** An outcome whose every free text is this one. */
export const hostileOutcome = (text: string): RunResult => {
  const diff = diffOf({ 'newly-blocked': 1, gone: 1 }, runOf(), 1);
  const changes: Change[] = diff.changes.map((one) => ({ ...one, target: text, address: text, text }));
  return outcomeOf({
    schedule: text,
    run: runOf({ id: text, vantage: text }),
    diff: { ...diff, changes, uncertain: diff.uncertain.map((one) => ({ ...one, target: text, text })) },
    failed: text,
    groups: [{ ...group, text, signature: text, prefixes: [text] }],
  });
};

/** A world in which time passes only in sleep. `slept` holds the waits, milliseconds. */
export const worldOf = (
  changes: Partial<NotifyDeps> = {},
): NotifyDeps & { readonly slept: readonly number[] } => {
  let clock = Date.parse('2026-01-08T02:05:00Z');
  const slept: number[] = [];
  return {
    env: () => undefined,
    readSecret: () => Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' })),
    clean: cleanText,
    render: (format) => [`a report as ${format}\n`],
    now: () => clock,
    sleep: async (ms) => {
      slept.push(ms);
      clock += ms;
    },
    random: () => 1,
    signal: new AbortController().signal,
    userAgent: 'ra-preflight/0.1.0',
    drafts: { maker: { machine: 'helpdesk-7', pid: process.pid }, removeAbandoned: async () => {} },
    slept,
    ...changes,
  };
};

/** A rule that always fires. */
export const always = (label: string, channel: NotifyRule['channel']): NotifyRule => ({
  label,
  on: ['always'],
  channel,
});
