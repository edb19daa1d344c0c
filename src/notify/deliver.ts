import { randomUUID } from 'node:crypto';
import { isLoopbackHost } from '../ip/ip.ts';
import { firingRules } from './firing-rules.ts';
import { MAIL_WAITS, type MailWaits, sendMail } from './mail.ts';
import type { Clean } from './mail-text.ts';
import { parseWebhookUrl, plainHost } from './parse-address.ts';
import { reportPath, type UnfinishedFiles, writeTextfile, writeWhole } from './report-files.ts';
import type { FileRule, MailRule, NotifyRule, PrometheusRule, WebhookRule } from './rule.ts';
import type { RunResult } from './run-result.ts';
import { resolveSecret, type SecretAccess, scrubber, withoutTail } from './secrets.ts';
import { deliverWebhook, type WebhookDeps } from './webhook.ts';
import { bodyOf, notificationOf } from './webhook-payload.ts';

/** What notifying needs of the world. */
export interface NotifyDeps extends SecretAccess, WebhookDeps {
  readonly clean: Clean;
  /** The report in a format; null when the run left none. */
  readonly render: ((format: string) => Iterable<string>) | null;
  readonly drafts: UnfinishedFiles;
  /** Only for tests. */
  readonly mailWaits?: MailWaits;
}

/** How one rule was carried out. No text holds a secret. `notices`: what its owner should know although it went well. */
export interface Delivery {
  readonly rule: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly notices: readonly string[];
}

type Done = Omit<Delivery, 'rule'>;
/** Keeps a secret out of whatever is said about this delivery. */
type Hide = (...values: readonly string[]) => void;

const LONGEST_DETAIL = 500;
const LONGEST_SAID = 200;
const NO_REPORT: Done = { ok: true, detail: 'nothing to write: the run produced no report', notices: [] };

const mail = async (channel: MailRule, result: RunResult, deps: NotifyDeps, hide: Hide): Promise<Done> => {
  const secret = channel.login && (await resolveSecret(channel.login.password, deps));
  // AUTH PLAIN sends user and password as one base64 text (RFC 4616).
  if (secret && channel.login) hide(secret.value, `\0${channel.login.user}\0${secret.value}`);
  const { accepted, refused, tries } = await sendMail(channel, secret?.value ?? null, result, {
    clean: deps.clean,
    signal: deps.signal,
    waits: deps.mailWaits ?? MAIL_WAITS,
    sleep: deps.sleep,
  });
  return {
    ok: true,
    detail: `sent to ${accepted.join(', ')}${tries > 1 ? ` (${tries} tries)` : ''}`,
    notices: [
      ...(secret?.notices ?? []),
      ...(refused.length > 0 ? [`the server refused ${refused.join(', ')}`] : []),
    ],
  };
};

const webhook = async (
  channel: WebhookRule,
  result: RunResult,
  deps: NotifyDeps,
  hide: Hide,
): Promise<Done> => {
  const kept = typeof channel.url === 'string' ? null : await resolveSecret(channel.url, deps);
  if (kept) hide(kept.value);
  const typed = kept?.value ?? channel.url;
  const url = typeof typed === 'string' ? parseWebhookUrl(typed) : null;
  if (!url) throw new Error('the url cannot be used: expected http or https, without user and password');
  const secret = channel.secret && (await resolveSecret(channel.secret, deps));
  // A path or query can carry a token, and servers like to repeat what they did not find.
  const place = `${url.pathname}${url.search}`;
  const hidden = [url.href, ...(place === '/' ? [] : [place]), ...(secret ? [secret.value] : [])];
  hide(...hidden);
  const body = bodyOf(notificationOf(result));
  const post = { id: randomUUID(), url, body, secret: secret?.value ?? null, timeoutMs: channel.timeoutMs };
  const { ok, tries, why, said, cut } = await deliverWebhook(post, deps);
  const scrubbed = scrubber(hidden)(said);
  const quoted = deps.clean((cut ? withoutTail(scrubbed, hidden) : scrubbed).trim(), LONGEST_SAID);
  const open = url.protocol === 'http:' && !isLoopbackHost(plainHost(url));
  return {
    ok,
    detail: [why, tries > 1 ? ` (${tries} tries)` : '', quoted === '' ? '' : `: ${quoted}`].join(''),
    notices: [
      ...[secret, kept].flatMap((one) => one?.notices ?? []),
      ...(open && secret
        ? ['the webhook is http: it is signed, but anyone on the path can read it; use https']
        : []),
    ],
  };
};

const writeReports = async (channel: FileRule, result: RunResult, deps: NotifyDeps): Promise<Done> => {
  if (!deps.render) return NO_REPORT;
  const paths: string[] = [];
  for (const format of channel.formats) {
    const run = result.run?.id ?? 'no-run';
    const path = reportPath(channel.path, { schedule: result.schedule, run, format });
    await writeWhole(path, deps.render(format), deps.drafts);
    paths.push(path);
  }
  return { ok: true, detail: `written to ${paths.join(', ')}`, notices: [] };
};

const prometheus = async (channel: PrometheusRule, result: RunResult, deps: NotifyDeps): Promise<Done> => {
  if (!deps.render) return NO_REPORT;
  const path = reportPath(channel.path, { schedule: result.schedule, run: '', format: '' });
  await writeTextfile(path, deps.render('prometheus'), deps.drafts);
  return { ok: true, detail: `written to ${path}`, notices: [] };
};

const carryOut = (
  channel: NotifyRule['channel'],
  result: RunResult,
  deps: NotifyDeps,
  hide: Hide,
): Promise<Done> => {
  if (channel.kind === 'mail') return mail(channel, result, deps, hide);
  if (channel.kind === 'webhook') return webhook(channel, result, deps, hide);
  return channel.kind === 'file' ? writeReports(channel, result, deps) : prometheus(channel, result, deps);
};

/** What went wrong, with the code that names it where the message does not. */
const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return error.message.includes(code) ? error.message : `${error.message} (${code})`;
};

const deliverOne = async (rule: NotifyRule, result: RunResult, deps: NotifyDeps): Promise<Delivery> => {
  const secrets: string[] = [];
  const hide: Hide = (...values) => {
    secrets.push(...values);
  };
  const done = await carryOut(rule.channel, result, deps, hide).catch(
    (error: unknown): Done => ({ ok: false, detail: messageOf(error), notices: [] }),
  );
  // Scrubbed before it is cut, so that no piece stays; and again, because cleaning can put one together.
  const scrub = scrubber(secrets);
  const safe = (text: string): string => scrub(deps.clean(scrub(text), LONGEST_DETAIL));
  return { rule: rule.label, ok: done.ok, detail: safe(done.detail), notices: done.notices.map(safe) };
};

/**
 * Carries out the rules that fire for a result, side by side. Each stands alone: one that fails is reported in its delivery and
 * hinders no other. Never throws, and touches no report that is already written.
 */
export const notify = (
  rules: readonly NotifyRule[],
  result: RunResult,
  deps: NotifyDeps,
): Promise<Delivery[]> =>
  Promise.all(firingRules(rules, result).map((rule) => deliverOne(rule, result, deps)));
