import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { MailRule } from '../../src/notify/rule.ts';

/** A mail as a server took it. */
export interface Taken {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | null;
  readonly secure: boolean;
  readonly raw: string;
}

/** A real SMTP server on the loopback, and what it took. Without a certificate it offers no STARTTLS. */
export const smtpServer = async (
  options: SMTPServerOptions = {},
): Promise<{ readonly port: number; readonly taken: Taken[]; close(): Promise<void> }> => {
  const taken: Taken[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: options.cert ? [] : ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        taken.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: typeof session.user === 'string' ? session.user : null,
          secure: session.secure,
          raw: Buffer.concat(parts).toString(),
        });
        done();
      });
    },
    ...options,
  });
  // A client that hangs up is part of the tests.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    taken,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};

/** A certificate for 127.0.0.1 that nobody else signed. `path`: where it lies, for those who trust it. */
export const selfMade = (): {
  readonly key: string;
  readonly cert: string;
  readonly path: string;
  remove(): void;
} => {
  const folder = mkdtempSync(join(tmpdir(), 'ra-notify-'));
  const key = join(folder, 'key.pem');
  const path = join(folder, 'cert.pem');
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', path, '-days', '2'],
      ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ],
    { stdio: 'ignore' },
  );
  return {
    key: readFileSync(key, 'utf8'),
    cert: readFileSync(path, 'utf8'),
    path,
    remove: () => rmSync(folder, { recursive: true }),
  };
};

export const mailRule = (port: number, changes: Partial<MailRule> = {}): MailRule => ({
  kind: 'mail',
  to: ['ops@corp.example'],
  from: 'Preflight <preflight@corp.example>',
  host: '127.0.0.1',
  port,
  secure: false,
  caFile: null,
  login: null,
  subject: null,
  ...changes,
});
