import * as z from 'zod';
import { UsageError } from '../model/fault.ts';
import { CHANGE_KINDS } from '../model/history.ts';
import { misplacedSecret, parseMailbox, parseSmtpUrl, parseWebhookUrl } from './parse-address.ts';
import { unknownPlaces } from './placeholders.ts';
import type { MailRule, NotifyRule, SecretSource, WebhookRule } from './rule.ts';

const OCCASIONS = [...CHANGE_KINDS, 'any', 'always', 'failure'] as const;

const text = z
  .string({ error: 'expected text in quotes' })
  .min(1, 'is empty')
  .max(2000, 'is longer than 2000 characters')
  .refine((one) => !/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(one), 'holds a control character');
const variable = text.refine(
  (one) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(one),
  'expected the name of an environment variable',
);
const address = text.refine(
  (one) => parseMailbox(one) !== null,
  'expected an address like ops@corp.example or Ops <ops@corp.example>',
);
const port = z
  .int({ error: 'expected a port, 1 to 65535' })
  .min(1, 'expected a port, 1 to 65535')
  .max(65_535, 'expected a port, 1 to 65535');
const SMTP = 'expected "smtp://host:587", "smtps://host:465" or a table with host';
const secure = z.boolean({ error: 'expected true or false' });
const smtp = z.union([text, z.strictObject({ host: text, port, secure, 'ca-file': text }).partial()], {
  error: SMTP,
});

const placed = (known: readonly string[]) =>
  text.superRefine((pattern, context) => {
    const [strange] = unknownPlaces(pattern, known);
    if (strange === undefined) return;
    const places = known.map((one) => `{${one}}`).join(', ');
    context.addIssue(`${JSON.stringify(strange)} is not a known placeholder, expected one of ${places}`);
  });

const table = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape, { error: 'expected a table' });
const optional = z.exactOptional;

const mail = table({
  to: z
    .union([address.transform((one) => [one]), z.array(address).min(1, 'is empty').max(100)], {
      error: 'expected addresses like ops@corp.example or Ops <ops@corp.example>',
    })
    .describe('who gets it'),
  from: address,
  smtp,
  user: optional(text),
  'password-env': optional(variable),
  'password-file': optional(text),
  subject: optional(placed(['changes', 'schedule', 'run'])),
});
const webhook = table({
  url: optional(text),
  'url-env': optional(variable),
  'url-file': optional(text),
  'secret-env': optional(variable),
  'secret-file': optional(text),
  timeout: optional(z.number().min(1, 'expected 1 to 60 seconds').max(60, 'expected 1 to 60 seconds')),
});
/** What is said behind a word that is none of `words`: `; did you mean mended?`. */
type Near = (typed: string, words: readonly string[]) => string;

const oneOf = <const T extends string>(words: readonly T[], near: Near) =>
  z.enum(words, { error: ({ input }) => `expected one of ${words.join(', ')}${near(String(input), words)}` });

const file = (formats: readonly string[], near: Near) =>
  table({
    path: placed(['schedule', 'run', 'format']),
    formats: optional(z.array(oneOf(formats, near)).min(1, 'is empty')),
  });
const prometheus = table({
  path: placed(['schedule']).refine(
    (path) => path.endsWith('.prom'),
    'expected a name that ends in .prom: the textfile collector reads no other',
  ),
});

const WAYS = ['mail', 'webhook', 'file', 'prometheus'] as const;

const schema = (formats: readonly string[], near: Near) =>
  z.array(
    table({
      on: optional(
        z
          .array(oneOf(OCCASIONS, near), { error: `expected a list of ${OCCASIONS.join(', ')}` })
          .min(1, 'is empty'),
      ),
      mail: optional(mail),
      webhook: optional(webhook),
      file: optional(file(formats, near)),
      prometheus: optional(prometheus),
    }),
    { error: 'expected tables, each [[schedule.notify]]' },
  );

type Raw = z.infer<ReturnType<typeof schema>>[number];
/** Says what is wrong and where, under the rule. */
type Refuse = (at: string, why: string) => never;

/** The one source that is named, or null. Both at once is a mistake. */
const sourceOf = (
  raw: Readonly<Record<string, unknown>>,
  key: 'password' | 'secret' | 'url',
  refuse: Refuse,
): SecretSource | null => {
  const name = raw[`${key}-env`];
  const path = raw[`${key}-file`];
  if (typeof name === 'string' && typeof path === 'string')
    return refuse(`${key}-file`, `is set together with ${key}-env; use only one of them`);
  if (typeof name === 'string') return { from: 'env', name };
  return typeof path === 'string' ? { from: 'file', path } : null;
};

const mailRule = (raw: NonNullable<Raw['mail']>, refuse: Refuse): MailRule => {
  const table = typeof raw.smtp === 'string' ? parseSmtpUrl(raw.smtp) : raw.smtp;
  if (table === null || table.host === undefined) return refuse('smtp', SMTP);
  const secure = table.secure ?? table.port === 465;
  const password = sourceOf(raw, 'password', refuse);
  if ((raw.user === undefined) !== (password === null))
    return raw.user === undefined
      ? refuse('user', 'is missing: a password was named')
      : refuse('user', 'needs password-env or password-file beside it');
  return {
    kind: 'mail',
    to: raw.to,
    from: raw.from,
    host: table.host,
    port: table.port ?? (secure ? 465 : 587),
    secure,
    caFile: ('ca-file' in table ? table['ca-file'] : undefined) ?? null,
    login: raw.user !== undefined && password !== null ? { user: raw.user, password } : null,
    subject: raw.subject ?? null,
  };
};

const webhookRule = (raw: NonNullable<Raw['webhook']>, refuse: Refuse): WebhookRule => {
  const kept = sourceOf(raw, 'url', refuse);
  if (raw.url !== undefined && kept !== null)
    return refuse('url', `is set together with url-${kept.from}; use only one of them`);
  if (raw.url !== undefined && parseWebhookUrl(raw.url) === null)
    return refuse('url', 'expected a url like https://hooks.corp.example/ra, without user and password');
  const url = raw.url ?? kept ?? refuse('url', 'is missing');
  return {
    kind: 'webhook',
    url,
    secret: sourceOf(raw, 'secret', refuse),
    timeoutMs: (raw.timeout ?? 10) * 1000,
  };
};

const labelOf = (channel: NotifyRule['channel']): string => {
  if (channel.kind === 'mail') return `mail to ${channel.to.join(', ')}`;
  if (channel.kind !== 'webhook') return `${channel.kind} ${channel.path}`;
  // A path or query can carry a token, so only the place is named.
  if (typeof channel.url === 'string') return `webhook ${new URL(channel.url).origin}`;
  return `webhook from ${channel.url.from === 'env' ? channel.url.name : channel.url.path}`;
};

const channelOf = (raw: Raw, refuseAt: (way: string) => Refuse): NotifyRule['channel'] => {
  if (raw.mail) return mailRule(raw.mail, refuseAt('mail'));
  if (raw.webhook) return webhookRule(raw.webhook, refuseAt('webhook'));
  if (raw.prometheus) return { kind: 'prometheus', path: raw.prometheus.path };
  const { path = '', formats = ['json'] } = raw.file ?? {};
  if (formats.length > 1 && !path.includes('{format}'))
    return refuseAt('file')('path', 'expected {format} in it: several formats cannot share one file');
  return { kind: 'file', path, formats };
};

/** Keys of the smtp table that are looked for beside it. */
const IN_SMTP: ReadonlySet<string> = new Set(['host', 'port', 'secure', 'ca-file']);

const complaint = (issue: z.core.$ZodIssue): string => {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  const [key = ''] = issue.keys;
  const place =
    issue.path.at(-1) === 'mail' && IN_SMTP.has(key) ? `; it belongs in smtp = { ${key} = ... }` : '';
  return `${JSON.stringify(key)} is not a known key${place}`;
};

/** The issue that is furthest in: of a union, what is wrong with the branch that was meant. */
const innermost = (issue: z.core.$ZodIssue): z.core.$ZodIssue => {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors
    .flat()
    .filter((one) => one.code !== 'invalid_type')
    .map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
  return inner[0] ?? issue;
};

/**
 * Reads the `notify` of a schedule. `path` and `schedule` name the place in messages; `formats` are those a report can be
 * written in, and `near` says which word was meant. Mail and webhook fire at any change unless `on` says otherwise; files and metrics, which would grow stale,
 * after every run. Throws UsageError with file, schedule, key and what is accepted; it never repeats a value, which
 * could be a secret in the wrong place.
 */
export const readNotify = (
  raw: unknown,
  path: string,
  schedule: string,
  formats: readonly string[],
  near: Near,
): NotifyRule[] => {
  const refuse = (at: string, why: string): never => {
    throw new UsageError(`${path}: schedule ${JSON.stringify(schedule)}: ${at}: ${why}`);
  };
  const misplaced = misplacedSecret(raw, 'notify');
  if (misplaced) return refuse(misplaced.at, misplaced.why);
  const result = schema(formats, near).safeParse(raw);
  if (!result.success) {
    const [first] = result.error.issues;
    const issue = first && innermost(first);
    return refuse(['notify', ...(issue?.path ?? [])].join('.'), issue ? complaint(issue) : 'cannot be used');
  }
  return result.data.map((one, index) => {
    const named = WAYS.filter((way) => one[way] !== undefined);
    if (named.length !== 1)
      return refuse(`notify.${index}`, `expected one of ${WAYS.join(', ')}, found ${named.length}`);
    const channel = channelOf(one, (way) => (at, why) => refuse(`notify.${index}.${way}.${at}`, why));
    const stale = channel.kind === 'file' || channel.kind === 'prometheus';
    return { label: labelOf(channel), on: one.on ?? [stale ? 'always' : 'any'], channel };
  });
};
