import { describe, expect, it } from 'vitest';
import { audit, type PreflightOptions, preflight, UsageError } from '../../src/library/index.ts';
import type { HostReport } from '../../src/model/report.ts';
import { reportSchema } from '../../src/output/schema.ts';

/** Loopback hosts that refuse everything. */
const QUICK = { engine: 'node', ping: false, sample: 4, retries: 0, seed: 7 } as const;

describe('the library', () => {
  it('gives each host as it is judged, and the end of the run', async () => {
    const run = preflight('127.0.0.1', QUICK);
    const first = await run.next();
    expect(first.done).toBe(false);
    expect(first.value).toMatchObject({ target: '127.0.0.1', verdict: 'blocked' });
    const last = await run.next();
    expect(last).toMatchObject({
      done: true,
      value: { summary: { hosts: 1, blocked: 1 }, run: { engine: 'node', seed: 7, interrupted: false } },
    });
  });

  it('gives the report of the published schema, hosts in the order of the targets', async () => {
    const targets = ['127.0.0.3', '127.0.0.2', '127.0.0.4'];
    const report = await preflight(targets, QUICK).report();
    reportSchema.parse(report);
    expect(report.hosts.map(({ target }) => target)).toEqual(targets);
  });

  it('audits blocks, each host once', async () => {
    const seen: string[] = [];
    for await (const { target } of audit('127.0.0.0/28', { ...QUICK, exclude: ['127.0.0.8/29'] }))
      seen.push(target);
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((host) => `127.0.0.${host}`));
    const report = await audit(['127.0.0.9-127.0.0.12'], QUICK).report();
    expect(report.summary.hosts).toBe(4);
  });

  it('refuses an option that cannot be used at once', () => {
    expect(() => preflight('127.0.0.1', { timeoutMs: 1 })).toThrow(UsageError);
    expect(() => preflight('127.0.0.1', { rpcPorts: '99999' })).toThrow(UsageError);
    expect(() => audit('127.0.0.1', { rate: Number.NaN })).toThrow(UsageError);
  });

  it.each([
    ['an option that does not exist', { timeOut: 500 }],
    ['a scope with a misspelt list', { scope: { alow: ['10.0.0.0/8'] } }],
    ['a scope that is a list', { scope: ['10.0.0.0/8'] }],
    ['a list in a scope that is a text', { scope: { deny: '10.0.0.0/8' } }],
    ['an exclude that is no text', { exclude: [5] }],
    ['a family that does not exist', { family: 5 }],
    ['a switch that is a text', { locate: 'no' }],
    ['a signal that is none', { signal: {} }],
    ['probes that are no array', { probes: {} }],
    ['a range of ports that is a number', { rpcPorts: 5000 }],
    ['no object', null],
  ])('refuses options of a program without types: %s', (_, options) => {
    expect(() => preflight('127.0.0.1', options as PreflightOptions)).toThrow(UsageError);
  });

  it.each([[null], [undefined], [5], [[5]], [{}]])('refuses targets that are no texts: %j', (targets) => {
    expect(() => audit(targets as string)).toThrow(UsageError);
  });

  it('takes what is undefined as absent', async () => {
    const options = { ...QUICK, family: undefined, scope: undefined } as unknown as PreflightOptions;
    expect((await preflight('127.0.0.1', options).report()).summary.hosts).toBe(1);
  });

  it.each([
    ['no address and no name', '300.1.1.1', {}],
    ['multicast', '224.0.0.1', {}],
    ['out of scope', '127.0.0.1', { scope: { deny: ['127.0.0.0/8'] } }],
    ['a list to be read from a file', '@hosts.txt', {}],
    ['standard input', '-', {}],
  ])('refuses a target that is %s, before anything is sent', async (_, target, options) => {
    await expect(preflight(target, { ...QUICK, ...options }).next()).rejects.toThrow(UsageError);
    await expect(audit(target, { ...QUICK, ...options }).report()).rejects.toThrow(UsageError);
  });

  it('says what was left out', async () => {
    const notices: string[] = [];
    const options = { ...QUICK, skipBad: true, onNotice: (text: string) => notices.push(text) };
    const report = await preflight(['127.0.0.1', '300.1.1.1'], options).report();
    expect(report.hosts).toHaveLength(1);
    expect(notices.join()).toContain('300.1.1.1');
  });

  it('ends by its signal, and says so', async () => {
    const stop = new AbortController();
    const hosts: HostReport[] = [];
    const run = audit('127.0.0.0/24', { ...QUICK, signal: stop.signal, rate: 200 });
    let next = await run.next();
    for (; !next.done; next = await run.next()) {
      hosts.push(next.value);
      stop.abort();
    }
    expect(next.value.run.interrupted).toBe(true);
    expect(hosts.length).toBeLessThan(256);
    const never = await preflight('127.0.0.1', { ...QUICK, signal: AbortSignal.abort() }).report();
    expect(never.run).toMatchObject({ interrupted: true, probesSent: 0 });
  });

  it('ends when its reader leaves, and leaves the signals of the process alone', async () => {
    const before = process.listenerCount('SIGINT');
    for await (const host of audit('127.0.0.0/24', { ...QUICK, rate: 200 })) {
      expect(host.verdict).toBe('blocked');
      expect(process.listenerCount('SIGINT')).toBe(before);
      break;
    }
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
