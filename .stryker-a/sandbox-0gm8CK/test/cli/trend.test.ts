import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-trend-'));
afterAll(() => rmSync(folder, { recursive: true }));
const db = join(folder, 'history.db');

const audit = () =>
  run([
    'audit',
    '127.44.0.0/30',
    '--db',
    db,
    '--sample',
    '2',
    '--rate',
    '4000',
    '--no-ping',
    '--no-map',
    '-q',
  ]);

/** Something that takes connections on TCP 135 and says nothing. */
const listen = (address: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('no RPC here'),
    );
    server.on('error', reject).listen(135, address, () => resolve(server));
  });

describe('history trend', () => {
  it('compares the runs of the same targets over time', async () => {
    await audit();
    const server = await listen('127.44.0.1');
    await audit();
    await new Promise((done) => server.close(done));
    await audit();
    const { code, stdout } = await run(['history', 'trend', '--db', db, '--format', 'json']);
    expect(code).toBe(0);
    const trend = JSON.parse(stdout);
    expect(trend.runs.map((one: { summary: { hosts: number } }) => one.summary.hosts)).toEqual([4, 4, 4]);
    expect(trend.hosts).toBe(4);
    expect(trend.requirements[0]['remote-desktop']).toEqual({ pass: 4, fail: 0, undetermined: 0 });
    expect(trend.worst).toMatchObject({ count: 4, top: [{ asked: 3, ready: 0, share: 0 }, {}, {}, {}] });
    const { stdout: text } = await run(['history', 'trend', '--db', db, '--limit', '2']);
    expect(text.match(/UTC/g)).toHaveLength(2);
    expect(text).toContain('127.44.0.0: ready in 0 of 2 runs');
  });

  it('says when there is nothing to compare', async () => {
    const { code, stderr } = await run(['history', 'trend', '--db', join(folder, 'empty.db')]);
    expect(code).toBe(2);
    expect(stderr).toContain('there is no such file');
  });
});
