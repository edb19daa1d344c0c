import { describe, expect, it } from 'vitest';
import type { History } from '../../src/store/history.ts';
import { memoryHistory } from '../../src/store/memory-history.ts';
import { openHistory } from '../../src/store/open.ts';
import { type Delivery, MOST_DELIVERIES } from '../../src/store/recorder.ts';
import { MIGRATIONS, prepare } from '../../src/store/schema.ts';
import { connect, type Sql } from '../../src/store/sql.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { ended, newRun } from './new-run.ts';
import { folder, judged, opened, stage, thrownBy } from './open.ts';

const at = folder();

const delivery = (id: string, indices: readonly number[], probesSent: number): Delivery => ({
  id,
  hosts: indices.map((index) => judged(index)),
  probesSent,
});

const stands = (history: History): object => {
  const { probesSent, summary } = history.find('run');
  return { probesSent, hosts: summary.hosts };
};

const remembered = (sql: Sql): unknown => sql.rows('SELECT count(*) FROM deliveries')[0]?.[0];

describe('a delivery', () => {
  it('is written once, whichever process of the run it comes to', () => {
    const [first, second] = [stage(), stage({ pid: 200 })];
    const path = `${at}/once.db`;
    const { history } = opened(path, first);
    const recorder = history.begin(newRun('run'));
    expect(recorder.deliver(delivery('1-a-0', [0, 1], 10))).toBe(true);
    expect(recorder.deliver(delivery('1-a-0', [0, 1], 20))).toBe(false);
    expect(stands(history)).toEqual({ probesSent: 10, hosts: 2 });
    second.living.delete(100);
    const { history: other } = opened(path, second);
    const resumed = other.resume('run').recorder;
    expect(resumed.deliver(delivery('1-a-0', [0, 1], 20))).toBe(false);
    expect(resumed.deliver(delivery('1-a-1', [2], 30))).toBe(true);
    resumed.flush();
    expect(stands(other)).toEqual({ probesSent: 30, hosts: 3 });
    expect([...other.hosts('run')].map(({ target }) => target)).toEqual(
      [0, 1, 2].map((index) => judged(index).report.target),
    );
  });

  it('that cannot be written whole leaves nothing behind, and may come again', () => {
    const { history } = opened(`${at}/whole.db`);
    const recorder = history.begin(newRun('run', 1000));
    recorder.deliver(delivery('1-a-0', [0], 5));
    const many = Array.from({ length: 200 }, (_, index) => index + 1);
    // The last of its hosts is there already.
    thrownBy(() => recorder.deliver(delivery('1-a-1', [...many, 0], 900)));
    recorder.flush();
    expect(stands(history)).toEqual({ probesSent: 5, hosts: 1 });
    expect(recorder.deliver(delivery('1-a-1', many, 900))).toBe(true);
    expect(stands(history)).toEqual({ probesSent: 900, hosts: 201 });
    expect([...history.hosts('run')]).toHaveLength(201);
  });

  it('to a process whose run was taken over changes nothing', () => {
    const [first, second] = [stage(), stage({ pid: 200 })];
    const path = `${at}/taken.db`;
    const recorder = opened(path, first).history.begin(newRun('run'));
    second.living.delete(100);
    const { history } = opened(path, second);
    const resumed = history.resume('run').recorder;
    const error = thrownBy(() => recorder.deliver(delivery('1-a-0', [0], 5)));
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toContain('taken over');
    expect(resumed.deliver(delivery('1-a-0', [0], 5))).toBe(true);
    expect(stands(history)).toEqual({ probesSent: 5, hosts: 1 });
  });

  it('is known in a history that ends with its process, too', () => {
    const history = memoryHistory();
    const recorder = history.begin(newRun('run'));
    expect(recorder.deliver(delivery('1-a-0', [0], 5))).toBe(true);
    expect(recorder.deliver(delivery('1-a-0', [0], 10))).toBe(false);
    expect(history.find('run')).toMatchObject({ probesSent: 5, summary: { hosts: 1 } });
  });
});

describe('what is remembered of deliveries', () => {
  it('is bounded for each run: the oldest is forgotten', () => {
    const { sql, history } = opened(':memory:');
    const [one, other] = ['run', 'other'].map((id) => history.begin(newRun(id)));
    other?.deliver(delivery('1-a-0', [], 0));
    for (let number = 0; number <= MOST_DELIVERIES; number += 1)
      one?.deliver(delivery(`1-a-${number}`, [], number));
    expect(remembered(sql)).toBe(MOST_DELIVERIES + 1);
    expect(one?.deliver(delivery('1-a-1', [], 0))).toBe(false);
    expect(one?.deliver(delivery('1-a-0', [], 0))).toBe(true);
    expect(other?.deliver(delivery('1-a-0', [], 0))).toBe(false);
  });

  it('stays with a run that may be resumed, and goes with one that is finished or removed', async () => {
    const { sql, history } = opened(':memory:');
    const recorder = history.begin(newRun('run'));
    recorder.deliver(delivery('1-a-0', [0], 5));
    recorder.finish({ ...ended, interrupted: true });
    expect(remembered(sql)).toBe(1);
    const { recorder: resumed } = history.resume('run');
    expect(resumed.deliver(delivery('1-a-0', [0], 5))).toBe(false);
    resumed.finish({ ...ended, interrupted: false });
    expect(remembered(sql)).toBe(0);
    history.begin(newRun('gone')).deliver(delivery('1-a-0', [0], 5));
    expect(remembered(sql)).toBe(1);
    await history.forget('gone');
    expect(remembered(sql)).toBe(0);
  });

  it('is nothing in a file of version 3, which reading refuses and the next audit brings up to date', () => {
    const path = `${at}/third.db`;
    const sql = connect(path);
    prepare(sql, MIGRATIONS.slice(0, 3));
    sql.exec(`INSERT INTO runs (id, start, targets, plan, hosts, state, started_ms, probes_sent, duration_ms, owner, pid,
      machine, beat_ms) VALUES ('run', '${JSON.stringify({ ...newRun('run').run })}', '[]', 'null', 100, 'interrupted',
      0, 7, 0, 1, 1, 'expert', 0)`);
    sql.close();
    expect(thrownBy(() => openHistory(path, stage(), 'read')).message).toBe(
      `history '${path}': the file is empty or was written by an older ra-preflight; an audit with this one brings it up to date`,
    );
    const { history } = opened(path);
    const { entry, recorder } = history.resume('run');
    recorder.deliver(delivery('1-a-0', [0], entry.probesSent + 5));
    expect(recorder.deliver(delivery('1-a-0', [0], entry.probesSent + 10))).toBe(false);
    expect(stands(history)).toEqual({ probesSent: 12, hosts: 1 });
    history.close();
    const read = openHistory(path, stage(), 'read');
    expect(stands(read)).toEqual({ probesSent: 12, hosts: 1 });
    read.close();
  });
});
