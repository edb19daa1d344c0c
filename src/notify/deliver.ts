import { randomUUID } from 'node:crypto';
import { isLoopbackHost } from '../ip/ip.ts';
import { decide } from './decide.ts';
import { type Drafts, dropPath, writeTextfile, writeWhole } from './drop.ts';
import { MAIL_WAITS, type MailWaits, sendMail } from './mail.ts';
import type { Clean } from './message.ts';
import type { Outcome } from './outcome.ts';
import { bodyOf, notificationOf } from './payload.ts';
import type { DropRule, MailRule, NotifyRule, PrometheusRule, WebhookRule } from './rule.ts';
import { resolveSecret, type SecretDoors, scrubber, withoutTail } from './secrets.ts';
import { plainHost, webhookUrl } from './typed.ts';
import { deliverWebhook, type WebhookWorld } from './webhook.ts';

/** What notifying needs of the world. */
export interface NotifyDeps extends SecretDoors, WebhookWorld {
  readonly clean: Clean;
  /** The report in a format; null when the run left none. */
  readonly render: ((format: string) => Iterable<string>) | null;
  readonly drafts: Drafts;
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

const mail = async (via: MailRule, outcome: Outcome, deps: NotifyDeps, hide: Hide): Promise<Done> => {
  const secret = via.login && (await resolveSecret(via.login.password, deps));
  // AUTH PLAIN sends user and password as one base64 text (RFC 4616).
  if (secret && via.login) hide(secret.value, `\0${via.login.user}\0${secret.value}`);
  const { accepted, refused, tries } = await sendMail(via, secret?.value ?? null, outcome, {
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

const webhook = async (via: WebhookRule, outcome: Outcome, deps: NotifyDeps, hide: Hide): Promise<Done> => {
  const kept = typeof via.url === 'string' ? null : await resolveSecret(via.url, deps);
  if (kept) hide(kept.value);
  const typed = kept?.value ?? via.url;
  const url = typeof typed === 'string' ? webhookUrl(typed) : null;
  if (!url) throw new Error('the url cannot be used: expected http or https, without user and password');
  const secret = via.secret && (await resolveSecret(via.secret, deps));
  // A path or query can carry a token, and servers like to repeat what they did not find.
  const place = `${url.pathname}${url.search}`;
  const hidden = [url.href, ...(place === '/' ? [] : [place]), ...(secret ? [secret.value] : [])];
  hide(...hidden);
  const body = bodyOf(notificationOf(outcome));
  const post = { id: randomUUID(), url, body, secret: secret?.value ?? null, timeoutMs: via.timeoutMs };
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

const drop = async (via: DropRule, outcome: Outcome, deps: NotifyDeps): Promise<Done> => {
  if (!deps.render) return NO_REPORT;
  const paths: string[] = [];
  for (const format of via.formats) {
    const run = outcome.run?.id ?? 'no-run';
    const path = dropPath(via.path, { schedule: outcome.schedule, run, format });
    await writeWhole(path, deps.render(format), deps.drafts);
    paths.push(path);
  }
  return { ok: true, detail: `written to ${paths.join(', ')}`, notices: [] };
};

const prometheus = async (via: PrometheusRule, outcome: Outcome, deps: NotifyDeps): Promise<Done> => {
  if (!deps.render) return NO_REPORT;
  const path = dropPath(via.path, { schedule: outcome.schedule, run: '', format: '' });
  await writeTextfile(path, deps.render('prometheus'), deps.drafts);
  return { ok: true, detail: `written to ${path}`, notices: [] };
};

const carryOut = (via: NotifyRule['via'], outcome: Outcome, deps: NotifyDeps, hide: Hide): Promise<Done> => {
  if (via.kind === 'mail') return mail(via, outcome, deps, hide);
  if (via.kind === 'webhook') return webhook(via, outcome, deps, hide);
  return via.kind === 'file' ? drop(via, outcome, deps) : prometheus(via, outcome, deps);
};

/** What went wrong, with the code that names it where the message does not. */
const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return error.message.includes(code) ? error.message : `${error.message} (${code})`;
};

const deliverOne = async (rule: NotifyRule, outcome: Outcome, deps: NotifyDeps): Promise<Delivery> => {
  const secrets: string[] = [];
  const hide: Hide = (...values) => {
    secrets.push(...values);
  };
  const done = await carryOut(rule.via, outcome, deps, hide).catch(
    (error: unknown): Done => ({ ok: false, detail: messageOf(error), notices: [] }),
  );
  // Scrubbed before it is cut, so that no piece stays; and again, because cleaning can put one together.
  const scrub = scrubber(secrets);
  const safe = (text: string): string => scrub(deps.clean(scrub(text), LONGEST_DETAIL));
  return { rule: rule.label, ok: done.ok, detail: safe(done.detail), notices: done.notices.map(safe) };
};

/**
 * Carries out the rules that fire for an outcome, side by side. Each stands alone: one that fails is told in its delivery and
 * hinders no other. Never throws, and touches no report that is already written.
 */
export const notify = (
  rules: readonly NotifyRule[],
  outcome: Outcome,
  deps: NotifyDeps,
): Promise<Delivery[]> => Promise.all(decide(rules, outcome).map((rule) => deliverOne(rule, outcome, deps)));
