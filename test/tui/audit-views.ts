import type { AuditKey } from '../../src/tui/audit/audit-keys.ts';
import type { AuditAction } from '../../src/tui/audit/audit-reduce.ts';
import type { Batch } from '../../src/tui/audit/batch.ts';
import { RUN } from './story.ts';

export const batchOf = (hosts: readonly number[], codes: Batch['codes']): AuditAction => ({
  type: 'batch',
  batch: { hosts, codes, run: RUN, notices: [] },
});

export const key = (name: AuditKey['name']): AuditAction => ({ type: 'key', key: { name, letter: '' } });
