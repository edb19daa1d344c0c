import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { audit, type PreflightOptions, preflight, UsageError } from '../../src/library/index.ts';
import { CONTROL_LIMITS, sendReports } from '../../src/respond/control-connection.ts';
import { codeText } from '../../src/responder-protocol/code.ts';
import { dialOut } from '../../src/wire/dial.ts';
import { dword, pol, TS } from '../policy/files.ts';
import { codeOf, standUp } from '../respond/stand.ts';

/** Loopback hosts that refuse everything but what a test opens. */
const QUICK = { engine: 'node', ping: false, sample: 4, retries: 0, seed: 7 } as const;
const code = { ...codeOf(7), endsAtMinute: Math.floor(Date.now() / 60_000) + 10 };
const CODE = codeText(code);

const folder = mkdtempSync(join(tmpdir(), 'ra-library-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A port that nobody has at this moment. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

const dynamicOf = async (options: PreflightOptions) => {
  const { hosts } = await preflight('127.0.0.1', { ...QUICK, ...options }).report();
  return hosts[0]?.requirements.find(({ name }) => name === 'dynamic-rpc');
};

describe('preflight with a responder on the host', () => {
  it('has the path proven', async () => {
    await standUp(code);
    expect(await dynamicOf({ responder: CODE.toLowerCase() })).toMatchObject({
      state: 'pass',
      rule: 'responder-path-proven',
    });
  });

  it('takes its control connection, and says so', async () => {
    const { responder } = await standUp(code);
    const port = await freePort();
    const over = new AbortController();
    onTestFinished(() => over.abort());
    const told: string[] = [];
    const onNotice = (text: string): void => {
      told.push(text);
      if (!text.startsWith('waiting on TCP')) return;
      const talk = {
        limits: CONTROL_LIMITS,
        exchange: (io: Parameters<typeof sendReports>[0]) =>
          sendReports(io, responder.keys, {
            begin: () => responder.forget(),
            report: () => responder.report,
            signal: over.signal,
          }),
      };
      const at = { address: '127.0.0.1', family: 4, port } as const;
      void dialOut(at, talk, { timeoutMs: 5000, signal: over.signal });
    };
    const dynamic = await dynamicOf({ responder: CODE, listen: `127.0.0.1:${port}`, onNotice });
    expect(dynamic?.rule).toBe('responder-path-proven');
    expect(told).toEqual([
      `waiting on TCP ${port} for the responder (respond --to THIS-MACHINE:${port})`,
      'the responder is connected',
    ]);
    // The port is free again.
    expect(
      await dialOut(
        { address: '127.0.0.1', family: 4, port },
        { limits: CONTROL_LIMITS, exchange: async () => {} },
        { timeoutMs: 5000, signal: over.signal },
      ),
    ).toBe(false);
  });

  it('waits for it no longer than its signal allows', async () => {
    const port = await freePort();
    const options = { ...QUICK, responder: CODE, listen: `127.0.0.1:${port}`, signal: AbortSignal.abort() };
    const { run } = await preflight('127.0.0.1', options).report();
    expect(run).toMatchObject({ interrupted: true, probesSent: 0 });
  });
});

describe('preflight with witnesses', () => {
  it('probes them, and reports the target alone', async () => {
    const alone = await preflight('127.0.0.2', QUICK).report();
    const report = await preflight('127.0.0.2', { ...QUICK, witness: ['127.0.0.3'] }).report();
    expect(report.hosts.map(({ target }) => target)).toEqual(['127.0.0.2']);
    expect(report.summary.hosts).toBe(1);
    expect(report.run.probesSent).toBeGreaterThan(alone.run.probesSent);
  });

  it.each([['224.0.0.1'], ['127.0.0.0/24'], ['@hosts.txt']])(
    'refuses %s before anything is sent',
    async (one) => {
      await expect(preflight('127.0.0.2', { ...QUICK, witness: [one] }).next()).rejects.toThrow(UsageError);
    },
  );
});

describe('policies of a library run', () => {
  const off = join(folder, 'off.pol');
  writeFileSync(off, pol(dword(TS, 'fAllowUnsolicited', 0)));

  it.each([
    ['preflight', preflight],
    ['audit', audit],
  ])('are judged by %s', async (_, probing) => {
    const { hosts } = await probing('127.0.0.4', { ...QUICK, policy: [off] }).report();
    expect(hosts[0]?.policy).toMatchObject({ verdict: 'blocked', forbids: true });
  });

  it('that cannot be read are refused before anything is sent', async () => {
    const policy = [join(folder, 'none.pol')];
    await expect(preflight('127.0.0.4', { ...QUICK, policy }).next()).rejects.toThrow(UsageError);
  });
});

describe('options about the other end that cannot be used', () => {
  it.each<[string, object]>([
    ['a code with a wrong character', { responder: `${CODE.slice(0, -1)}${CODE.endsWith('A') ? 'B' : 'A'}` }],
    ['a code that is none', { responder: 'ABC' }],
    ['a code that is no text', { responder: 5 }],
    ['a control connection without a responder', { listen: ':47135' }],
    ['an idle minute without a responder', { idle: true }],
    ['a host where a port is due', { responder: CODE, listen: 'pc0417' }],
    ['a port that does not exist', { responder: CODE, listen: ':70000' }],
    ['a witness that is a text', { witness: '127.0.0.3' }],
    ['a policy that is a text', { policy: 'off.pol' }],
  ])('are refused at once: %s', (_, options) => {
    expect(() => preflight('127.0.0.1', options as PreflightOptions)).toThrow(UsageError);
  });

  it('are a control connection for two hosts', () => {
    expect(() => preflight(['127.0.0.1', '127.0.0.2'], { responder: CODE, listen: ':47135' })).toThrow(
      /takes one host/,
    );
  });

  it.each<PreflightOptions>([
    { witness: ['127.0.0.3'] },
    { responder: CODE },
    { listen: ':1' },
    { idle: true },
  ])('are those of a few hosts, in an audit: %j', (options) => {
    expect(() => audit('127.0.0.1', options)).toThrow(/is for preflight, and not for audit/);
  });
});
