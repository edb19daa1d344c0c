import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bodyOf,
  notificationJsonSchema,
  notificationOf,
  notificationSchema,
} from '../../src/notify/webhook-payload.ts';
import { nastyText } from '../output/hostile.ts';
import { diffOf } from '../output/runs.ts';
import { group, hostileOutcome, outcomeOf } from './run-results.ts';

describe('the payload of a webhook', () => {
  it('keeps its schema, whatever became of the run', () => {
    const files = [{ format: 'html', path: '/srv/a.html' }];
    const outcomes = [
      outcomeOf({ files }),
      outcomeOf({ diff: null }),
      outcomeOf({ run: null, diff: null, failed: 'no such list', groups: [] }),
    ];
    for (const outcome of outcomes) {
      const payload = notificationOf(outcome);
      expect(notificationSchema.parse(payload)).toEqual(payload);
    }
  });

  it('is bounded and says what it left out', () => {
    const prefixes = Array.from({ length: 70 }, (_, i) => `10.0.${i}.0/24`);
    const groups = Array.from({ length: 60 }, () => ({ ...group, prefixes }));
    const payload = notificationOf(outcomeOf({ diff: diffOf({ gone: 300, 'newly-blocked': 5 }), groups }));
    expect(payload.changes).toHaveLength(100);
    expect(payload.changes[0]?.kind).toBe('newly-blocked');
    expect(payload).toMatchObject({ changesLeftOut: 205, groupsLeftOut: 10, counts: { gone: 300 } });
    expect(payload.groups[0]?.prefixes).toHaveLength(50);
    expect(notificationSchema.safeParse(payload).success).toBe(true);
  });

  it('is one line without invisible characters, and gives back what went in', () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        const payload = notificationOf(hostileOutcome(text));
        const body = bodyOf(payload);
        expect(body).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(JSON.parse(body)).toEqual(payload);
      }),
      { numRuns: 50 },
    );
  });

  it('is published as it stands: npm run schema writes it', () => {
    const file = join(import.meta.dirname, '../../docs/json-schema/notification-1.schema.json');
    expect(readFileSync(file, 'utf8')).toBe(notificationJsonSchema());
    expect(notificationJsonSchema()).not.toContain('"additionalProperties": false');
  });
});
