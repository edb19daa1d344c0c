import type { SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closers, PASSWORD, send, serverOf } from './mail-servers.ts';
import { mailRule, selfMade } from './smtp.ts';

const LOGIN = { user: 'preflight', password: { from: 'env', name: 'RA_SMTP' } } as const;

const withLogin = (changes: SMTPServerOptions = {}): SMTPServerOptions => ({
  authOptional: false,
  onAuth: (auth, _session, done) =>
    auth.username === 'preflight' && auth.password === PASSWORD
      ? done(null, { user: auth.username })
      : done(new Error('bad login')),
  ...changes,
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

describe('login and TLS', () => {
  let made: ReturnType<typeof selfMade>;
  beforeAll(() => {
    made = selfMade();
  });
  afterAll(() => made.remove());

  it('logs in after STARTTLS when the certificate is trusted', async () => {
    const server = await serverOf(withLogin({ key: made.key, cert: made.cert, allowInsecureAuth: false }));
    const delivery = await send(mailRule(server.port, { login: LOGIN, caFile: made.path }));
    expect(delivery).toMatchObject({ ok: true });
    expect(server.taken[0]).toMatchObject({ user: 'preflight', secure: true });
  });

  it.each([
    ['STARTTLS', false],
    ['TLS from the start', true],
  ])('refuses a certificate that nobody signed, %s', async (_, secure) => {
    const server = await serverOf(withLogin({ key: made.key, cert: made.cert, secure }));
    const delivery = await send(mailRule(server.port, { login: LOGIN, secure }));
    expect(delivery.ok).toBe(false);
    expect(delivery.detail).toMatch(/self-signed.*smtp\.ca-file/);
    expect(server.taken).toEqual([]);
  });

  it('speaks TLS from the start', async () => {
    const server = await serverOf(withLogin({ key: made.key, cert: made.cert, secure: true }));
    const rule = mailRule(server.port, { login: LOGIN, secure: true, caFile: made.path });
    expect(await send(rule)).toMatchObject({ ok: true });
    expect(server.taken[0]).toMatchObject({ secure: true });
  });

  it('sends no password in the open to what is not known as this machine', async () => {
    const server = await serverOf(withLogin());
    // The same server by an address that is not recognised as the loopback.
    const rule = mailRule(server.port, { login: LOGIN, host: '::ffff:127.0.0.1' });
    const delivery = await send(rule);
    expect(delivery.ok).toBe(false);
    expect(delivery.detail).toMatch(/STARTTLS/);
    expect(server.taken).toEqual([]);
    expect(await send({ ...rule, host: '127.0.0.1' })).toMatchObject({ ok: true });
  });

  it('says that the login failed, and not with what', async () => {
    const server = await serverOf(withLogin());
    const delivery = await send(mailRule(server.port, { login: LOGIN }), { env: () => 'another-password' });
    expect(delivery.ok).toBe(false);
    expect(delivery.detail).toContain('535');
    expect(JSON.stringify(delivery)).not.toContain('another-password');
  });

  it('hides a password that the server sends back, in every form', async () => {
    const plain = Buffer.from(`\0preflight\0${PASSWORD}`).toString('base64');
    const forms = [PASSWORD, plain, Buffer.from(PASSWORD).toString('base64'), encodeURIComponent(PASSWORD)];
    for (const form of forms) {
      const server = await serverOf({
        authOptional: false,
        onAuth: (_auth, _session, done) => done(new Error(`you sent ${form} and that is wrong`)),
      });
      const delivery = await send(mailRule(server.port, { login: LOGIN }));
      expect(delivery.ok).toBe(false);
      expect(delivery.detail).toContain('you sent [secret] and that is wrong');
      expect(delivery.detail).not.toContain(form);
    }
  });

  it('does not connect when the password is not there', async () => {
    const server = await serverOf();
    const delivery = await send(mailRule(server.port, { login: LOGIN }), { env: () => undefined });
    expect(delivery).toMatchObject({
      ok: false,
      detail: 'the environment variable RA_SMTP is not set',
    });
  });
});
