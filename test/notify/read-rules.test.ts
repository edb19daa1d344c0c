import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { didYouMean as near } from '../../src/cli/did-you-mean.ts';
import { UsageError } from '../../src/model/fault.ts';
import { readNotify } from '../../src/notify/read-rules.ts';
import type { NotifyRule } from '../../src/notify/rule.ts';

const FORMATS = ['json', 'html', 'csv', 'prometheus'];
const rules = (toml: string): NotifyRule[] => {
  const { schedule } = parse(toml) as { schedule: { notify: unknown } };
  return readNotify(schedule.notify, 'ra.toml', 'weekly-hq', FORMATS, near);
};
const one = (inner: string): NotifyRule | undefined => rules(`[[schedule.notify]]\n${inner}`)[0];
const complaint = (inner: string): string => {
  try {
    one(inner);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'accepted';
};
const mail = (rest: string): string =>
  `mail = { to = ["ops@corp.example"], from = "ra@corp.example", ${rest} }`;

describe('the notify of a schedule', () => {
  it('reads tables of every way', () => {
    expect(
      rules(`
[[schedule.notify]]
on = ["newly-blocked", "failure"]
[schedule.notify.mail]
to = ["Ops <ops@corp.example>"]
from = "ra@corp.example"
smtp = "smtps://mail.corp.example"
user = "ra"
password-file = "/etc/ra/smtp"
subject = "{schedule}: {changes}"

[[schedule.notify]]
webhook = { url = "https://hooks.corp.example/T0K3N", secret-env = "RA_HOOK", timeout = 5 }

[[schedule.notify]]
file = { path = "/srv/{schedule}/{run}.{format}", formats = ["json", "html"] }

[[schedule.notify]]
prometheus = { path = "/var/lib/node-exporter/ra-{schedule}.prom" }
`),
    ).toEqual([
      {
        label: 'mail to Ops <ops@corp.example>',
        on: ['newly-blocked', 'failure'],
        channel: {
          kind: 'mail',
          to: ['Ops <ops@corp.example>'],
          from: 'ra@corp.example',
          host: 'mail.corp.example',
          port: 465,
          secure: true,
          caFile: null,
          login: { user: 'ra', password: { from: 'file', path: '/etc/ra/smtp' } },
          subject: '{schedule}: {changes}',
        },
      },
      {
        label: 'webhook https://hooks.corp.example',
        on: ['any'],
        channel: {
          kind: 'webhook',
          url: 'https://hooks.corp.example/T0K3N',
          secret: { from: 'env', name: 'RA_HOOK' },
          timeoutMs: 5000,
        },
      },
      {
        label: 'file /srv/{schedule}/{run}.{format}',
        on: ['always'],
        channel: { kind: 'file', path: '/srv/{schedule}/{run}.{format}', formats: ['json', 'html'] },
      },
      {
        label: 'prometheus /var/lib/node-exporter/ra-{schedule}.prom',
        on: ['always'],
        channel: { kind: 'prometheus', path: '/var/lib/node-exporter/ra-{schedule}.prom' },
      },
    ]);
  });

  it.each([
    ['smtp = "smtp://[::1]"', { host: '::1', port: 587, secure: false }],
    ['smtp = "smtp://relay:25"', { host: 'relay', port: 25, secure: false }],
    ['smtp = { host = "relay", port = 465 }', { host: 'relay', port: 465, secure: true }],
    ['smtp = { host = "relay", ca-file = "ca.pem" }', { port: 587, secure: false, caFile: 'ca.pem' }],
  ])('reads a mail server: %s', (smtp, expected) => {
    expect(one(mail(smtp))?.channel).toMatchObject(expected);
  });

  it.each([
    [
      'on = ["sometimes"]\nprometheus = { path = "a.prom" }',
      'notify.0.on.0: expected one of newly-blocked, mended',
    ],
    ['on = []\nprometheus = { path = "a.prom" }', 'notify.0.on: is empty'],
    ['on = ["fixed"]\nfile = { path = "a" }', 'failure; did you mean mended?'],
    [
      'file = { path = "a", formats = ["htm"] }',
      'formats.0: expected one of json, html, csv, prometheus; did you mean html?',
    ],
    ['on = ["any"]', 'notify.0: expected one of mail, webhook, file, prometheus, found 0'],
    ['file = { path = "a" }\nprometheus = { path = "a.prom" }', 'file, prometheus, found 2'],
    ['post = { url = "x" }', 'notify.0: "post" is not a known key'],
    [mail('smtp = "http://relay"'), 'notify.0.mail.smtp: expected "smtp://host:587"'],
    [mail('smtp = { port = 25 }'), 'notify.0.mail.smtp: expected "smtp://host:587"'],
    [mail('smtp = { host = "a", port = 99999 }'), 'notify.0.mail.smtp.port: expected a port'],
    [mail('smtp = { host = "a", tls = true }'), 'notify.0.mail.smtp: "tls" is not a known key'],
    [
      mail('smtp = "smtp://a", ca-file = "ca.pem"'),
      'notify.0.mail: "ca-file" is not a known key; it belongs in smtp = { ca-file = ... }',
    ],
    [mail('smtp = "smtp://a", user = "ra"'), 'notify.0.mail.user: needs password-env or password-file'],
    [mail('smtp = "smtp://a", password-env = "P"'), 'notify.0.mail.user: is missing'],
    [
      mail('smtp = "smtp://a", user = "ra", password-env = "P", password-file = "p"'),
      'notify.0.mail.password-file: is set together with password-env',
    ],
    [
      mail('smtp = "smtp://a", subject = "{what}"'),
      'notify.0.mail.subject: "{what}" is not a known placeholder',
    ],
    [
      'mail = { to = "a, b", from = "ra@corp.example", smtp = "smtp://a" }',
      'notify.0.mail.to: expected an address',
    ],
    [
      'mail = { to = ["a@b", "x"], from = "r@c", smtp = "smtp://a" }',
      'notify.0.mail.to.1: expected an address',
    ],
    [
      'mail = { to = "a@b", from = "r@c\\r\\nBcc: x@y", smtp = "smtp://a" }',
      'notify.0.mail.from: holds a control',
    ],
    ['webhook = { timeout = 5 }', 'notify.0.webhook.url: is missing'],
    ['webhook = { url = "ftp://a/b" }', 'notify.0.webhook.url: expected a url like https://'],
    ['webhook = { url = "https://a", url-env = "U" }', 'notify.0.webhook.url: is set together with url-env'],
    ['webhook = { url = "https://a", timeout = 600 }', 'notify.0.webhook.timeout: expected 1 to 60 seconds'],
    ['webhook = { url = "https://a", secret-env = "a b" }', 'expected the name of an environment variable'],
    [
      'file = { path = "a.{fromat}" }',
      '"{fromat}" is not a known placeholder, expected one of {schedule}, {run}, {format}',
    ],
    ['file = { path = "a", formats = ["json", "html"] }', 'notify.0.file.path: expected {format} in it'],
    ['file = { path = "a", formats = ["docx"] }', 'notify.0.file.formats.0: expected one of json, html'],
    ['prometheus = { path = "a.txt" }', 'notify.0.prometheus.path: expected a name that ends in .prom'],
  ])('says what is wrong: %s', (inner, expected) => {
    const said = complaint(inner);
    expect(said).toMatch(/^ra\.toml: schedule "weekly-hq": notify\.0/);
    expect(said).toContain(expected);
  });

  it('refuses what is no list', () => {
    expect(() => readNotify({ mail: {} }, 'ra.toml', 'x', FORMATS, near)).toThrow('expected tables');
  });

  it.each([
    ['mail = { password = "hunter2-secret" }', 'notify.0.mail.password', 'password-env'],
    ['mail = { smtp = { host = "a", pass = "hunter2-secret" } }', 'notify.0.mail.smtp.pass', 'password-file'],
    ['mail = { smtp = "smtp://ra:hunter2-secret@relay" }', 'notify.0.mail.smtp', 'password-env'],
    ['webhook = { secret = "hunter2-secret" }', 'notify.0.webhook.secret', 'secret-env'],
    ['webhook = { url = "https://x:hunter2-secret@a/" }', 'notify.0.webhook.url', 'url-env'],
    ['token = "hunter2-secret"', 'notify.0.token', 'secret-file'],
  ])('refuses a secret in the config and does not repeat it: %s', (inner, at, belongs) => {
    const said = complaint(inner);
    expect(said).toContain(`${at}: `);
    expect(said).toContain('does not belong in the config');
    expect(said).toContain(belongs);
    expect(said).not.toContain('hunter2');
  });

  it('repeats no value of a wrong type or form', () => {
    const text = 'hunter2 secret';
    for (const key of ['password-env', 'password-file', 'user', 'from', 'to', 'smtp', 'subject'])
      for (const value of [`"${text}"`, `["${text}"]`, `{ a = "${text}" }`])
        expect(complaint(`mail = { ${key} = ${value} }`)).not.toContain('hunter2');
  });

  it('throws nothing but a UsageError of one line, whatever it reads', () => {
    fc.assert(
      fc.property(
        fc.array(fc.object({ key: fc.constantFrom('mail', 'on', 'to', 'smtp', 'file', 'path') })),
        (raw) => {
          try {
            readNotify(raw, 'ra.toml', 'x', FORMATS, near);
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
            expect(String(error)).not.toMatch(/\p{Cc}/u);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
