import { describe, expect, it } from 'vitest';
import { LiveWorkers } from '../../src/fleet/live-workers.ts';
import type { WorkerMessage } from '../../src/fleet/messages.ts';
import { sealWith } from '../../src/fleet/signed.ts';

const seal = sealWith('a key that only tests have');

const record = (id: string, seq: number, rest: Partial<WorkerMessage> = {}, by = seal): string =>
  JSON.stringify(
    by.sign('worker', 'hq', {
      ...{ id, version: '1.0.0', machine: 'pc', engine: 'node', engineWhy: '', pid: 1, seq, run: null },
      ...{ inHand: [], rate: 0, most: 10, sent: 0, hosts: 0, shards: 0, trouble: null },
      ...rest,
    }),
  );

/** What is known after these records, one look a second. */
const seenBy = (...looks: readonly Readonly<Record<string, string>>[]) => {
  const workers = new LiveWorkers(seal, 'hq', '1.0.0');
  const seen = looks.map((records, second) => workers.read(records, second * 1000));
  const [last] = seen.slice(-1);
  return { live: last?.live.map(({ id }) => id), troubles: last?.troubles, gone: last?.gone };
};

describe('the workers of a vantage', () => {
  it('live while their records change, whatever the first look finds', () => {
    expect(seenBy({ a: record('a', 1) }).live).toEqual([]);
    expect(seenBy({ a: record('a', 1) }, { a: record('a', 2) }).live).toEqual(['a']);
    // Of a worker that was killed before.
    expect(seenBy({ a: record('a', 1) }, { a: record('a', 1) }).live).toEqual([]);
    const other = sealWith('another key than that of the tests');
    const foreign = { a: record('a', 1, {}, other) };
    expect(seenBy(foreign, foreign).troubles).toEqual([]);
  });

  it('are dead after 6 s without a word, and forgotten after a minute', () => {
    const silent = Array.from({ length: 70 }, () => ({ a: record('a', 2) }));
    expect(seenBy({ a: record('a', 1) }, ...silent.slice(0, 7)).live).toEqual(['a']);
    expect(seenBy({ a: record('a', 1) }, ...silent.slice(0, 8)).live).toEqual([]);
    expect(seenBy({ a: record('a', 1) }, ...silent).gone).toEqual(['a']);
  });

  it('of another version, with another key or under another name can take nothing', () => {
    const other = sealWith('another key than that of the tests');
    const look = (seq: number) => ({
      old: record('old', seq, { version: '0.9.0' }),
      foreign: record('foreign', seq, {}, other),
      thief: record('a', seq),
    });
    const { live, troubles } = seenBy(look(1), look(2));
    expect(live).toEqual([]);
    expect(troubles).toEqual([
      'worker old at hq runs ra-preflight 0.9.0, and this is 1.0.0',
      'worker foreign at hq has another fleet key',
      'worker thief at hq has another fleet key',
    ]);
  });

  it('that say what troubles them are heeded', () => {
    const look = (seq: number) => ({ a: record('a', seq, { trouble: 'no route' }) });
    expect(seenBy(look(1), look(2))).toMatchObject({ live: ['a'], troubles: ['worker a at hq: no route'] });
  });
});
