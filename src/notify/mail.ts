import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { createTransport, type NodemailerError, type SMTPSentMessageInfo } from 'nodemailer';
import { isLoopbackHost } from '../ip/ip.ts';
import { type Clean, compose } from './mail-text.ts';
import { parseMailbox } from './parse-address.ts';
import type { MailRule } from './rule.ts';
import type { ReportFile, RunResult } from './run-result.ts';
import { withTimeout } from './with-timeout.ts';

/** Most that is attached to one mail, bytes: many servers take no more. */
const MOST_ATTACHED = 10 * 1024 * 1024;
/** Waits, milliseconds: for the connection, for the greeting, for any answer, for all of it. */
const CONNECT = 15_000;
const GREETING = 15_000;
const SILENCE = 60_000;
const WHOLE = 180_000;
/** Before each try that follows a 4xx reply: greylisting asks for some minutes, mostly five at most (RFC 6647). */
const AGAIN = [120_000, 300_000, 480_000];
const LONGEST_RESPONSE = 64 * 1024;

/** How long a try may take, and the waits between tries; tests shorten them. Milliseconds. */
export interface MailWaits {
  readonly greeting: number;
  readonly silence: number;
  readonly whole: number;
  readonly again: readonly number[];
}

/** How long a mail server is waited for, milliseconds; `again`: the pauses before further tries. */
export const MAIL_WAITS: MailWaits = { greeting: GREETING, silence: SILENCE, whole: WHOLE, again: AGAIN };

/** What mail needs of the world. `sleep` rejects when the signal aborts. */
export interface MailDeps {
  readonly clean: Clean;
  readonly signal: AbortSignal;
  readonly waits: MailWaits;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Whom the mail reached, in how many tries. `refused`: recipients that the server did not take while it took others. */
interface Sent {
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
  readonly tries: number;
}

/** A server that does not take the mail now and may later: a 4xx reply (RFC 5321, 4.2.1). */
const isPassing = (error: unknown): boolean => {
  const code = error instanceof Error ? (error as NodemailerError).responseCode : undefined;
  return code !== undefined && code >= 400 && code <= 499;
};

/** Why TLS with a server of our own did not come about, where a setting mends it. */
const UNSIGNED = /self[- ]signed certificate|unable to (?:get local issuer|verify the first) certificate/i;

/** An error that says more than its own words: how often it was tried, and which setting helps. */
const explained = (error: unknown, tries: number, rule: MailRule): unknown => {
  if (!(error instanceof Error)) return error;
  if (tries > 1) error.message += ` (${tries} tries)`;
  if (UNSIGNED.test(error.message)) {
    error.message +=
      rule.caFile === null
        ? '; name the PEM file of who signed it with smtp.ca-file'
        : '; who signed it is not in smtp.ca-file';
  }
  return error;
};

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
  parseMailbox(text) ?? { name: '', address: text };

/** Sends one mail once to some of its recipients. Throws when none was taken. */
type SendOnce = (to: readonly string[]) => Promise<SMTPSentMessageInfo>;

/** Sends again what was put off with a 4xx reply, to those recipients only. Throws the last error when no recipient got it. */
const sendWithRetries = async (send: SendOnce, rule: MailRule, world: MailDeps): Promise<Sent> => {
  const accepted: string[] = [];
  const refused: string[] = [];
  let left = rule.to.map((one) => box(one).address);
  for (let tries = 1; ; tries++) {
    let putOff: readonly string[];
    let failure: unknown = null;
    try {
      const info = await send(left);
      const passing = new Set(
        (info.rejectedErrors ?? []).filter(isPassing).map(({ recipient }) => recipient),
      );
      accepted.push(...info.accepted);
      putOff = info.rejected.filter((one) => passing.has(one));
      refused.push(...info.rejected.filter((one) => !passing.has(one)));
    } catch (error) {
      failure = error;
      putOff = isPassing(error) ? left : [];
    }
    const wait = putOff.length > 0 ? world.waits.again[tries - 1] : undefined;
    const goesOn =
      wait !== undefined &&
      (await world.sleep(wait, world.signal).then(
        () => true,
        () => false,
      ));
    if (!goesOn) {
      if (failure !== null && accepted.length === 0) throw explained(failure, tries, rule);
      return { accepted, refused: [...refused, ...(failure === null ? putOff : left)], tries };
    }
    left = [...putOff];
  }
};

/**
 * Sends the mail about a result over SMTP. The server's certificate is verified; with a login, an unencrypted session is
 * only accepted on this machine. What a server puts off is tried again some minutes later. Throws when no recipient was
 * taken, with the server's words, which may hold anything.
 */
export const sendMail = async (
  rule: MailRule,
  password: string | null,
  result: RunResult,
  world: MailDeps,
): Promise<Sent> => {
  const { clean, signal, waits } = world;
  const { attachments, lines } = await attach(result.files, clean);
  const ca = rule.caFile === null ? undefined : await readFile(rule.caFile);
  const transport = createTransport({
    host: rule.host,
    port: rule.port,
    secure: rule.secure,
    requireTLS: rule.login !== null && !rule.secure && !isLoopbackHost(rule.host),
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
  const from = box(rule.from);
  const message = {
    from,
    to: rule.to.map(box),
    ...compose(result, rule.subject, lines, clean),
    attachments,
    // The same over all tries, so that a mail which was taken and not acknowledged is seen to be the same.
    messageId: `<${randomUUID()}@${from.address.split('@').at(-1)}>`,
    // Nobody is away on holiday for a machine (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
  const send: SendOnce = (to) =>
    withTimeout(waits.whole, signal, (whole) =>
      transport.sendMail({ ...message, envelope: { from: from.address, to: [...to] }, signal: whole }),
    );
  try {
    return await sendWithRetries(send, rule, world);
  } finally {
    transport.close();
  }
};
