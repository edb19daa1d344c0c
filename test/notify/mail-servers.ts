import type { SMTPServerOptions } from 'smtp-server';
import { type Delivery, type NotifyDeps, notify } from '../../src/notify/deliver.ts';
import type { MailRule } from '../../src/notify/rule.ts';
import type { RunResult } from '../../src/notify/run-result.ts';
import { always, outcomeOf, worldOf } from './run-results.ts';
import { smtpServer } from './smtp.ts';

export const PASSWORD = 'correct horse+battery/staple=7';

export const closers: (() => Promise<void> | void)[] = [];

export const serverOf = async (options?: SMTPServerOptions) => {
  const server = await smtpServer(options);
  closers.push(server.close);
  return server;
};

export const send = async (
  channel: MailRule,
  deps: Partial<NotifyDeps> = {},
  outcome: RunResult = outcomeOf(),
): Promise<Delivery> => {
  const env = (name: string): string | undefined => (name === 'RA_SMTP' ? PASSWORD : undefined);
  const [delivery] = await notify([always('mail', channel)], outcome, worldOf({ env, ...deps }));
  if (!delivery) throw new Error('the rule did not fire');
  return delivery;
};
