import { brotliCompressSync, constants } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readStoreUrl } from '../../src/fleet/fleet-store.ts';
import { LiveWorkers } from '../../src/fleet/live-workers.ts';
import { packBatch, readWorkerMessage, unpackBatch } from '../../src/fleet/messages.ts';
import { readVantages } from '../../src/fleet/redis-keys.ts';
import { sealWith, signedIn } from '../../src/fleet/signed.ts';
import { workersIn } from '../../src/fleet/status.ts';

const seal = sealWith('a key that only tests have');

describe('a seal', () => {
  const signed = seal.sign('shard', 'hq', { run: 'r', shard: 1 });

  it('opens what the same key signed, for the same purpose and vantage only', () => {
    expect(seal.open('shard', 'hq', signed)).toEqual({ run: 'r', shard: 1 });
    expect(seal.open('shard', 'branch-7', signed)).toBeNull();
    expect(seal.open('plan', 'hq', signed)).toBeNull();
    expect(sealWith('another key than that of the tests').open('shard', 'hq', signed)).toBeNull();
    expect(seal.open('shard', 'hq', { ...signed, body: signed.body.replace('1', '2') })).toBeNull();
    expect(seal.open('shard', 'hq', { ...signed, mac: '' })).toBeNull();
  });

  it('opens nothing else, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (value, text) => {
        expect(seal.open('batch', 'hq', value)).toBeNull();
        expect(seal.open('batch', 'hq', signedIn(text))).toBeNull();
        expect(seal.open('batch', 'hq', { body: text, mac: text })).toBeNull();
      }),
    );
  });

  it('is read back from the store as it was written, and nothing else is parsed', () => {
    for (const value of [{ run: 'r' }, 'a"\\,"mac":"b"}', { deep: [[['\u2028']]] }]) {
      const text = JSON.stringify(seal.sign('plan', 'hq', value));
      expect(seal.open('plan', 'hq', signedIn(text))).toEqual(value);
    }
    const parse = vi.spyOn(JSON, 'parse');
    const lists = '['.repeat(100_000);
    for (const text of [lists, `{"body":${lists},"mac":"a"}`, `{"body":"a","x":${lists}`, `{"mac":${lists}`])
      expect(signedIn(text)).toBeNull();
    expect(parse).not.toHaveBeenCalled();
    // A text in quotes that ends before its end is none.
    expect(signedIn(`{"body":"a",${lists},"mac":"a"}`)).toBeNull();
    parse.mockRestore();
  });

  it('refuses a key that can be guessed', () => {
    expect(() => sealWith(' 123456789012345\n')).toThrow(/has 15 characters, expected 16 or more/);
  });
});

describe('a batch', () => {
  const batch = {
    run: 'r',
    shard: 3,
    worker: 'w',
    attempt: '0123456789ab',
    number: 0,
    sent: 9,
    hosts: [{ place: 1, report: { target: 'pc1' } }],
  };

  it('comes back as it was', () => {
    expect(unpackBatch(packBatch(batch))).toEqual(batch);
  });

  it('that is none, too long or a bomb is nothing', () => {
    fc.assert(fc.property(fc.anything(), (value) => unpackBatch(value) === null));
    const bomb = brotliCompressSync(Buffer.alloc(65 * 2 ** 20, ' '), {
      params: { [constants.BROTLI_PARAM_QUALITY]: 3 },
    }).toString('base64');
    expect(bomb.length).toBeLessThan(100_000);
    expect(unpackBatch(bomb)).toBeNull();
    const hosts = Array.from({ length: 257 }, (_, place) => ({ place, report: {} }));
    expect(unpackBatch(packBatch({ ...batch, hosts }))).toBeNull();
  });
});

describe('the workers of a vantage', () => {
  const record = (seq: number, more: object = {}, by = seal): string =>
    JSON.stringify(
      by.sign('worker', 'hq', {
        ...{ id: 'w', version: '1', machine: 'm', engine: 'node', engineWhy: '', pid: 1, seq },
        ...{ run: null, inHand: [], rate: 0, most: 10, sent: 0, hosts: 0, shards: 0, trouble: null },
        ...more,
      }),
    );

  it('live while their records change', () => {
    const workers = new LiveWorkers(seal, 'hq', '1');
    // A record alone may be of a worker that was killed an hour ago.
    expect(workers.read({ w: record(1) }, 0).live).toEqual([]);
    expect(workers.read({ w: record(2) }, 1000).live).toHaveLength(1);
    expect(workers.read({ w: record(2) }, 6900).live).toHaveLength(1);
    expect(workers.read({ w: record(2) }, 7100).live).toEqual([]);
    expect(workers.read({ w: record(2) }, 62_000).gone).toEqual(['w']);
    expect(workers.read({ w: record(3) }, 63_000).live).toHaveLength(1);
  });

  it.each([
    [
      'another key',
      {},
      sealWith('another key than that of the tests'),
      'worker w at hq has another fleet key',
    ],
    ['another version', { version: '2' }, seal, 'worker w at hq runs ra-preflight 2, and this is 1'],
    ['a trouble', { trouble: 'no disk' }, seal, 'worker w at hq: no disk'],
    ['the record of another', { id: 'x' }, seal, 'worker w at hq has another fleet key'],
  ])('say what keeps them from work: %s', (_, more, by, trouble) => {
    const workers = new LiveWorkers(seal, 'hq', '1');
    workers.read({ w: record(1, more, by) }, 0);
    expect(workers.read({ w: record(2, more, by) }, 1000).troubles).toEqual([trouble]);
  });

  it('say nothing that is not of their form', () => {
    fc.assert(fc.property(fc.anything(), (value) => readWorkerMessage(value) === null));
  });
});

describe('what a status reads of workers', () => {
  it('is each one in its own record, however many name themselves alike', () => {
    const of = (id: string): string =>
      JSON.stringify(
        seal.sign('worker', 'hq', {
          ...{ id, version: '1', machine: 'm', engine: 'node', engineWhy: '', pid: 1, seq: 1 },
          ...{ run: null, inHand: [], rate: 0, most: 10, sent: 0, hosts: 0, shards: 0, trouble: null },
        }),
      );
    const records = { a: of('a'), b: of('a'), c: 'no JSON', d: of('d') };
    expect(workersIn(records).map(({ id }) => id)).toEqual(['a', 'd']);
  });
});

describe('names', () => {
  it('of vantages are short and plain', () => {
    expect(readVantages('hq, branch-7')).toEqual(['hq', 'branch-7']);
    for (const wrong of ['', 'a:b', 'a,,b', '*', 'a b', 'x'.repeat(51)])
      expect(() => readVantages(wrong)).toThrow(/expected letters/);
    expect(() => readVantages('hq,hq')).toThrow(/hq is given twice/);
  });

  it('of stores are URLs with a scheme that is known', () => {
    expect(readStoreUrl('rediss://u:p@h:1').protocol).toBe('rediss:');
    expect(() => readStoreUrl('localhost:6379')).toThrow(/is not a URL/);
    expect(() => readStoreUrl('redis://u:secret@[')).toThrow(/^(?!.*secret)/);
  });
});
