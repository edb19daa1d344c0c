import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { type NotifyDeps, notify } from '../../src/notify/deliver.ts';
import { collect } from '../collect.ts';
import { closers, send, serverOf } from './mail-servers.ts';
import { always, hostileOutcome, outcomeOf, worldOf } from './run-results.ts';
import { mailRule } from './smtp.ts';

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A header of a raw mail, unfolded. */
const header = (raw: string, name: string): string | undefined =>
  raw
    .split('\r\n\r\n')[0]
    ?.replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}: `))
    ?.slice(name.length + 2);

describe('a mail to a real server', () => {
  it('arrives with subject, text, page and addresses', async () => {
    const server = await serverOf();
    const delivery = await send(
      mailRule(server.port, { to: ['ops@corp.example', 'Net <net@corp.example>'] }),
    );
    expect(delivery).toEqual({
      rule: 'mail',
      ok: true,
      detail: 'sent to ops@corp.example, net@corp.example',
      notices: [],
    });
    const [mail] = server.taken;
    expect(mail?.from).toBe('preflight@corp.example');
    expect(mail?.to).toEqual(['ops@corp.example', 'net@corp.example']);
    const raw = mail?.raw ?? '';
    expect(header(raw, 'Subject')).toBe('3 hosts newly blocked, 1 fixed - weekly-hq');
    expect(header(raw, 'From')).toBe('Preflight <preflight@corp.example>');
    expect(header(raw, 'Auto-Submitted')).toBe('auto-generated');
    expect(raw).toContain('Content-Type: text/plain');
    expect(raw).toContain('Content-Type: text/html');
    expect(raw).toContain('pc0.corp.example');
  });

  it('attaches reports up to 10 MB and only names those beyond', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ra-notify-'));
    closers.push(() => rm(folder, { recursive: true }));
    const small = join(folder, 'small.json');
    const large = join(folder, 'large.json');
    await writeFile(small, '{"a":1}');
    await writeFile(large, '');
    await truncate(large, 11 * 1024 * 1024);
    const server = await serverOf();
    const files = [large, small, join(folder, 'gone.html')].map((path) => ({ format: 'json', path }));
    expect(await send(mailRule(server.port), {}, outcomeOf({ files }))).toMatchObject({ ok: true });
    const raw = server.taken[0]?.raw.replaceAll('=\r\n', '') ?? '';
    expect(raw).toContain('filename=small.json');
    expect(raw).toContain(Buffer.from('{"a":1}').toString('base64url'));
    expect(raw).not.toContain('filename=large.json');
    expect(raw).toContain('large.json (11.0 MB, too large to attach)');
    expect(raw).toContain('gone.html (could not be read)');
  });

  it('stays one mail to the same people whatever the hosts are called', async () => {
    const server = await serverOf();
    const evil = 'x\r\nBcc: all@corp.example\r\n\r\n.\r\nMAIL FROM:<a@b>\n<script>alert(1)</script>\u202e';
    const subject = '{changes} {schedule} {run}';
    const rule = mailRule(server.port, { subject });
    expect(await send(rule, {}, hostileOutcome(evil))).toMatchObject({ ok: true });
    expect(server.taken).toHaveLength(1);
    const [mail] = server.taken;
    expect(mail?.to).toEqual(['ops@corp.example']);
    expect(header(mail?.raw ?? '', 'Bcc')).toBeUndefined();
    expect(mail?.raw).not.toMatch(/^Bcc:/im);
    expect(mail?.raw.split('Content-Type: text/html')[1]).toMatch(/^(?!.*<script)/s);
  });

  it('tells of recipients that the server refused while it took others', async () => {
    const onRcptTo: SMTPServerOptions['onRcptTo'] = ({ address }, _session, done) =>
      done(address.startsWith('gone') ? new Error('no such user') : null);
    const server = await serverOf({ onRcptTo });
    const both = await send(mailRule(server.port, { to: ['ops@corp.example', 'gone@corp.example'] }));
    expect(both).toMatchObject({
      ok: true,
      detail: 'sent to ops@corp.example',
      notices: ['the server refused gone@corp.example'],
    });
    const none = await send(mailRule(server.port, { to: ['gone@corp.example'] }));
    expect(none.ok).toBe(false);
    expect(none.detail).toContain('no such user');
  });
});

describe('a server that puts mail off', () => {
  /** Answers each recipient with the replies of its list, the last one for ever. */
  const puttingOff = (replies: Readonly<Record<string, readonly number[]>>) => {
    const asked = new Map<string, number>();
    return serverOf({
      onRcptTo: ({ address }, _session, done) => {
        const list = replies[address] ?? [250];
        const count = asked.get(address) ?? 0;
        asked.set(address, count + 1);
        const code = list[Math.min(count, list.length - 1)] ?? 250;
        done(code < 400 ? null : Object.assign(new Error('Greylisted, come back'), { responseCode: code }));
      },
    });
  };
  const both = ['ops@corp.example', 'net@corp.example'];
  const sendTo = async (port: number, changes: Partial<NotifyDeps> = {}) => {
    const world = worldOf(changes);
    const [delivery] = await notify([always('mail', mailRule(port, { to: both }))], outcomeOf(), world);
    return { delivery, slept: world.slept };
  };

  it('gets it again some minutes later, as the same mail', async () => {
    const server = await puttingOff({
      'ops@corp.example': [451, 451, 250],
      'net@corp.example': [451, 451, 250],
    });
    const { delivery, slept } = await sendTo(server.port);
    expect(delivery).toMatchObject({
      ok: true,
      detail: 'sent to ops@corp.example, net@corp.example (3 tries)',
      notices: [],
    });
    expect(slept).toEqual([120_000, 300_000]);
    expect(server.taken).toHaveLength(1);
    expect(header(server.taken[0]?.raw ?? '', 'Message-ID')).toMatch(/^<[0-9a-f-]{36}@corp\.example>$/);
  });

  it('gets it again for the recipients that were put off only', async () => {
    const server = await puttingOff({ 'net@corp.example': [450, 250] });
    const { delivery } = await sendTo(server.port);
    expect(delivery).toMatchObject({ ok: true, notices: [] });
    expect(server.taken.map(({ to }) => to)).toEqual([['ops@corp.example'], ['net@corp.example']]);
    const [first, second] = server.taken.map(({ raw }) => header(raw, 'Message-ID'));
    expect(first).toBe(second);
    expect(server.taken.map(({ raw }) => header(raw, 'To'))).toEqual(Array(2).fill(both.join(', ')));
  });

  it('is given up within the bound, and that is told', async () => {
    const server = await puttingOff({ 'ops@corp.example': [451], 'net@corp.example': [451] });
    const { delivery, slept } = await sendTo(server.port);
    expect(delivery?.ok).toBe(false);
    expect(delivery?.detail).toMatch(/Greylisted.*\(4 tries\)/);
    expect(slept).toEqual([120_000, 300_000, 480_000]);
    expect(server.taken).toEqual([]);
  });

  it('is not asked again when it refuses for good, or when the program is stopped', async () => {
    const server = await puttingOff({ 'ops@corp.example': [550], 'net@corp.example': [550] });
    const { delivery, slept } = await sendTo(server.port);
    expect([delivery?.ok, slept]).toEqual([false, []]);
    const slow = await puttingOff({ 'ops@corp.example': [451], 'net@corp.example': [451] });
    const stopped = await sendTo(slow.port, { sleep: () => Promise.reject(new Error('stopped')) });
    expect(stopped.delivery?.detail).toContain('Greylisted');
  });
});

describe('a server that misbehaves', () => {
  const rawServer = async (serve: (socket: Socket) => void): Promise<number> => {
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      serve(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  };
  const mailWaits = { greeting: 200, silence: 400, whole: 800, again: [] };

  it('that never greets is left', async () => {
    const port = await rawServer(() => {});
    const delivery = await send(mailRule(port), { mailWaits });
    expect(delivery).toMatchObject({ ok: false, detail: expect.stringMatching(/greeting/i) });
  });

  it('that drips its answer for ever is left', async () => {
    const port = await rawServer((socket) => {
      socket.write('220');
      const timer = setInterval(() => socket.write('-drip\r\n220'), 50);
      socket.on('close', () => clearInterval(timer));
    });
    const started = performance.now();
    expect(await send(mailRule(port), { mailWaits })).toMatchObject({ ok: false });
    expect(performance.now() - started).toBeLessThan(8000);
  });

  it('that drips its answer for ever is left although garbage is collected', async () => {
    const port = await rawServer((socket) => {
      socket.write('220 hello\r\n');
      const timer = setInterval(() => {
        socket.write('250-more\r\n');
        collect();
      }, 50);
      socket.on('close', () => clearInterval(timer));
    });
    const delivery = await send(mailRule(port), { mailWaits });
    expect(delivery).toMatchObject({
      ok: false,
      detail: expect.stringContaining('not finished within 0.8 s'),
    });
  });

  it('that hangs up is told of', async () => {
    const port = await rawServer((socket) => {
      socket.write('220 hello\r\n');
      socket.once('data', () => socket.destroy());
    });
    const delivery = await send(mailRule(port), { mailWaits });
    expect(delivery.ok).toBe(false);
    expect(delivery.detail).not.toBe('');
  });

  it('that answers with escape sequences is quoted without them', async () => {
    const port = await rawServer((socket) => {
      socket.end('554 go \u001b[2J away \u202e\r\n');
    });
    const delivery = await send(mailRule(port), { mailWaits });
    expect(delivery.ok).toBe(false);
    expect(delivery.detail).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('is not waited for when the program is stopped', async () => {
    const port = await rawServer(() => {});
    const stop = new AbortController();
    const waiting = send(mailRule(port), { signal: stop.signal });
    setTimeout(() => stop.abort(), 100);
    expect(await waiting).toMatchObject({ ok: false });
  });
});
