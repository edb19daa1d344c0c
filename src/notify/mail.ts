import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { createTransport } from 'nodemailer';
import { type Clean, compose } from './message.ts';
import type { Outcome, ReportFile } from './outcome.ts';
import type { MailRule } from './rule.ts';
import { isLoopback, mailbox } from './typed.ts';

/** Most that is attached to one mail, bytes: many servers take no more. */
const MOST_ATTACHED = 10 * 1024 * 1024;
/** Waits, milliseconds: for the connection, for the greeting, for any answer, for all of it. */
const CONNECT = 15_000;
const GREETING = 15_000;
const SILENCE = 60_000;
const WHOLE = 180_000;
const LONGEST_RESPONSE = 64 * 1024;

/** How long a mail may take; tests shorten it. Milliseconds. */
export interface MailWaits {
  readonly greeting: number;
  readonly silence: number;
  readonly whole: number;
}
export const MAIL_WAITS: MailWaits = { greeting: GREETING, silence: SILENCE, whole: WHOLE };

/** Whom the mail reached. `refused`: recipients that the server did not take while it took others. */
interface Sent {
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
}

interface Attachment {
  readonly filename: string;
  readonly content: Buffer;
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

/** Reads the reports that fit and says of each where it is. One that cannot be read is mentioned, the mail still goes. */
const attach = async (
  files: readonly ReportFile[],
  clean: Clean,
): Promise<{ readonly attachments: Attachment[]; readonly lines: string[] }> => {
  const attachments: Attachment[] = [];
  const lines: string[] = [];
  let left = MOST_ATTACHED;
  for (const { path } of files) {
    const size = await stat(path).then(
      (found) => (found.isFile() ? found.size : Number.NaN),
      () => Number.NaN,
    );
    const content = size <= left ? await readFile(path).catch(() => null) : null;
    if (content !== null && content.length <= left) {
      left -= content.length;
      attachments.push({ filename: clean(basename(path), 100), content });
      lines.push(`${path} (attached)`);
    } else if (size > left) lines.push(`${path} (${megabytes(size)}, too large to attach)`);
    else lines.push(`${path} (could not be read)`);
  }
  return { attachments, lines };
};

const box = (text: string): { readonly name: string; readonly address: string } =>
  mailbox(text) ?? { name: '', address: text };

/**
 * Sends the mail about an outcome over SMTP. The server's certificate is verified; with a login, an unencrypted session is
 * only accepted on this machine. Throws when no recipient was taken, with the server's words, which may hold anything.
 */
export const sendMail = async (
  rule: MailRule,
  password: string | null,
  outcome: Outcome,
  {
    clean,
    signal,
    waits,
  }: { readonly clean: Clean; readonly signal: AbortSignal; readonly waits: MailWaits },
): Promise<Sent> => {
  const { attachments, lines } = await attach(outcome.files, clean);
  const ca = rule.caFile === null ? undefined : await readFile(rule.caFile);
  const transport = createTransport({
    host: rule.host,
    port: rule.port,
    secure: rule.secure,
    requireTLS: rule.login !== null && !rule.secure && !isLoopback(rule.host),
    connectionTimeout: CONNECT,
    dnsTimeout: CONNECT,
    greetingTimeout: waits.greeting,
    socketTimeout: waits.silence,
    socketCloseTimeout: 1000,
    maxResponseSize: LONGEST_RESPONSE,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(ca ? { tls: { ca } } : {}),
    ...(rule.login && password !== null
      ? { auth: { user: rule.login.user, pass: password }, forceAuth: true }
      : {}),
  });
  try {
    const info = await transport.sendMail({
      from: box(rule.from),
      to: rule.to.map(box),
      ...compose(outcome, rule.subject, lines, clean),
      attachments,
      // Nobody is away on holiday for a machine (RFC 3834).
      headers: { 'Auto-Submitted': 'auto-generated' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(waits.whole)]),
    });
    return { accepted: info.accepted, refused: info.rejected };
  } finally {
    transport.close();
  }
};
