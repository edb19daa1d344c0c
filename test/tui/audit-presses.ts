import type { JudgedEvent } from '../../src/model/event.ts';
import { type AuditKeyName, auditKeysOf } from '../../src/tui/audit/audit-keys.ts';
import { reduceAudit } from '../../src/tui/audit/audit-reduce.ts';
import { type AuditView, initialAuditView } from '../../src/tui/audit/audit-state.ts';
import { createGatherer } from '../../src/tui/audit/batch.ts';
import { auditLayout } from '../../src/tui/audit/layout/audit-frame.ts';
import { plainText } from '../../src/tui/kit/layout/line.ts';
import { addressOf, auditReport } from './audit-story.ts';

export const SIZE = { columns: 80, rows: 24 };

/** A view of `size` hosts that counts how often it was asked for a text. */
export const counted = (size: number, screen = SIZE) => {
  const calls = { text: 0 };
  const textOf = (index: number): string => {
    calls.text++;
    return addressOf(index);
  };
  return { calls, view: initialAuditView({ size, textOf, titleOf: textOf }, screen, 0, 2000) };
};

export const fresh = (size: number, screen = SIZE): AuditView =>
  reduceAudit(counted(size, screen).view, { type: 'read', most: size });

export const apply = (view: AuditView, events: Iterable<JudgedEvent>): AuditView => {
  const gatherer = createGatherer();
  for (const event of events) gatherer.add(event);
  const batch = gatherer.take();
  return batch ? reduceAudit(view, { type: 'batch', batch }) : view;
};

export const judged = (view: AuditView, from: number, to: number): AuditView =>
  apply(
    view,
    (function* () {
      for (let host = from; host < to; host++)
        yield { type: 'host-judged' as const, host, report: auditReport(host) };
    })(),
  );

export const press = (view: AuditView, ...names: readonly AuditKeyName[]): AuditView =>
  names.reduce((now, name) => reduceAudit(now, { type: 'key', key: { name, letter: '' } }), view);

export const INK = {} as Parameters<typeof auditKeysOf>[1];

export const type = (view: AuditView, text: string): AuditView =>
  auditKeysOf(text, INK).reduce((now, key) => reduceAudit(now, { type: 'key', key }), view);

export const shownText = (view: AuditView): string =>
  auditLayout(view)
    .map((line) => plainText(line))
    .join('\n');
