import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadExtraProbes } from '../../src/cli/extra-probes.ts';
import { checkProbe, type ExtraProbe, preflight, UsageError } from '../../src/library/index.ts';
import { tableOf } from './table.ts';

const QUICK = { engine: 'node', ping: false, sample: 2, retries: 0, seed: 7 } as const;
/** What Samba 4.22 answers to the NEGOTIATE of the example, up to the dialect: 3.0.2. */
const NEGOTIATED = Buffer.alloc(4 + 70);
NEGOTIATED.writeUInt32BE(70, 0);
NEGOTIATED.write('\xfeSMB', 4, 'latin1');
NEGOTIATED.writeUInt16LE(65, 68);
NEGOTIATED.writeUInt16LE(0x0302, 72);

let folder: string;
let server: Server;
let port: number;
let answer: (request: Buffer) => Buffer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ra-probe-'));
  answer = () => NEGOTIATED;
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (request) => socket.end(answer(request)));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  port = (server.address() as { port: number }).port;
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

/** The example of docs/probes.md, as a reader would save it. */
const example = async (): Promise<ExtraProbe> => {
  const text = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'probes.md'), 'utf8');
  const [, code = ''] = /```js\n(\/\/ smb-probe\.mjs\n.+?)```/s.exec(text) ?? [];
  await writeFile(join(folder, 'smb-probe.mjs'), code);
  const [probe] = await loadExtraProbes(['./smb-probe.mjs'], folder);
  if (!probe) throw new Error('no probe');
  return probe;
};

const asked = async (probe: ExtraProbe) => {
  const report = await preflight('127.0.0.1', { ...QUICK, probes: [probe] }).report();
  return { report, extra: report.hosts[0]?.extra ?? [] };
};

describe('the example of docs/probes.md', () => {
  it('keeps the contract', async () => checkProbe(await example()));

  it('reads what a server says, and changes no verdict', async () => {
    let request: Buffer | undefined;
    answer = (bytes) => {
      request = bytes;
      return NEGOTIATED;
    };
    const smb = { ...(await example()), ports: [port] };
    const { report, extra } = await asked(smb);
    const rttMs = expect.any(Number);
    const seen = { state: 'open', reason: 'syn-ack', service: 'microsoft-ds', detail: 'SMB 3.0.2' };
    expect(extra).toEqual([{ probe: 'smb', port, attempts: 1, rttMs, ...seen }]);
    expect(request?.readUInt32BE(0)).toBe((request?.length ?? 0) - 4);
    expect(tableOf(report)).toContain(`TCP ${port} (smb): open; microsoft-ds; SMB 3.0.2`);
    const without = await preflight('127.0.0.1', QUICK).report();
    expect(report.hosts[0]?.verdict).toBe(without.hosts[0]?.verdict);
    expect(report.hosts[0]?.because).toEqual(without.hosts[0]?.because);
    expect(without.hosts[0]).not.toHaveProperty('extra');
  });
});

describe('a probe of a user', () => {
  it.each<[string, ExtraProbe['converse'], string]>([
    ['throws', () => Promise.reject(new Error('oops\u001b[31m')), 'the probe failed: oops'],
    [
      'throws before it awaits',
      () => {
        throw new TypeError('bad');
      },
      'the probe failed: bad',
    ],
    [
      'waits for more than the peer sends',
      async (io) => {
        await io.send(Buffer.from('x'));
        await io.read(4096);
        return {};
      },
      'the connection was closed',
    ],
  ])('that %s has that as its result', async (_, converse, detail) => {
    const probe = { name: 'own', ports: [port], converse } as ExtraProbe;
    const { report, extra } = await asked(probe);
    expect(extra[0]?.detail).toContain(detail);
    expect(tableOf(report)).not.toContain('\u001b');
  });

  it('that never ends does not keep the run', async () => {
    const converse = (): Promise<never> => new Promise(() => {});
    const { extra } = await asked({ name: 'own', ports: [port], limits: { totalMs: 50 }, converse });
    expect(extra[0]).toMatchObject({ state: 'open', detail: 'the probe did not end in time' });
  });

  it('that answers nonsense has no texts', async () => {
    const converse = async () => ({ service: 7, detail: { toString: 1 } }) as never;
    const { extra } = await asked({ name: 'own', ports: [port], converse });
    expect(extra[0]).toMatchObject({ state: 'open', service: null, detail: null });
  });

  it('without a conversation only connects', async () => {
    server.close();
    const { extra } = await asked({ name: 'own', ports: [port] });
    expect(extra).toMatchObject([
      { probe: 'own', port, state: 'closed', reason: 'conn-refused', detail: null },
    ]);
  });

  it.each<[string, unknown]>([
    ['a function', () => {}],
    ['a name with blanks', { name: 'my probe', ports: [1] }],
    ['no ports', { name: 'own', ports: [] }],
    ['a port that is none', { name: 'own', ports: [65_536] }],
    ['a bound that is none', { name: 'own', ports: [1], limits: { totalMs: '5' } }],
  ])('is refused when it is %s', (_, probe) => {
    expect(() => preflight('127.0.0.1', { probes: [probe as ExtraProbe] })).toThrow(UsageError);
  });

  it.each<[string, string, string | RegExp]>([
    // Where our own files are says nothing to a user.
    ['missing.mjs', '', /cannot be loaded: Cannot find module '[^']*missing\.mjs'$/],
    ['broken.mjs', 'export default {', 'cannot be loaded'],
    ['empty.mjs', 'export const a = 1;', 'has no default export'],
    ['throwing.mjs', 'throw new Error("no")', 'cannot be loaded: no'],
  ])('is refused as a module: %s', async (name, code, why) => {
    if (code) await writeFile(join(folder, name), code);
    await expect(loadExtraProbes([name], folder)).rejects.toThrow(why);
  });
});

describe('the contract suite', () => {
  it.each<[string, ExtraProbe['converse'], string]>([
    ['hangs', () => new Promise<never>(() => {}), 'did not end'],
    ['throws errors of its own', () => Promise.reject(new RangeError('offset')), 'threw RangeError: offset'],
    ['gives nothing', (async () => undefined) as never, 'gave no { service, detail }'],
  ])(
    'fails a probe that %s',
    async (_, converse, why) => {
      const probe = { name: 'own', ports: [1], converse } as ExtraProbe;
      await expect(checkProbe(probe)).rejects.toThrow(why);
    },
    60_000,
  );
});
