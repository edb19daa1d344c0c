import type { ChangeKind } from '../model/history.ts';

/** When a rule fires: at a kind of change, at any change, after every run, or when the run itself failed. */
export type Trigger = ChangeKind | 'any' | 'always' | 'failure';

/** Where a secret is kept. The secret itself is read at the time of use and held no longer than that. */
export type SecretSource =
  | { readonly from: 'env'; readonly name: string }
  | { readonly from: 'file'; readonly path: string };

/** Mail over SMTP. `secure`: TLS from the first byte. `caFile`: who may sign the server's certificate, PEM. */
export interface MailRule {
  readonly kind: 'mail';
  readonly to: readonly string[];
  readonly from: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly caFile: string | null;
  readonly login: { readonly user: string; readonly password: SecretSource } | null;
  /** With `{changes}`, `{schedule}` and `{run}`; null for `{changes} - {schedule}`. */
  readonly subject: string | null;
}

/** A signed POST. The url may be a secret too, where a token is part of it. */
export interface WebhookRule {
  readonly kind: 'webhook';
  readonly url: string | SecretSource;
  readonly secret: SecretSource | null;
  /** For one try, milliseconds. */
  readonly timeoutMs: number;
}

/** The report written to a file for each format. `path` with `{schedule}`, `{run}` and `{format}`. */
export interface FileRule {
  readonly kind: 'file';
  readonly path: string;
  readonly formats: readonly string[];
}

/** The metrics of the report, for the textfile collector. `path` with `{schedule}`. */
export interface PrometheusRule {
  readonly kind: 'prometheus';
  readonly path: string;
}

/** One `[[schedule.notify]]`: when, and by which way. `label` names it in messages and holds no secret. */
export interface NotifyRule {
  readonly label: string;
  readonly on: readonly Trigger[];
  readonly channel: MailRule | WebhookRule | FileRule | PrometheusRule;
}
