import type { Verdict } from './report.ts';

/** Whether an offer may be made after a verdict: at once, after its user was asked, or not. */
export type OfferConsent = 'at once' | 'after a question' | 'never';

const CONSENT: Readonly<Record<Verdict, OfferConsent>> = {
  ready: 'at once',
  undetermined: 'after a question',
  blocked: 'never',
  unreachable: 'never',
};

/** What a verdict says of an offer. */
export const consentFor = (verdict: Verdict): OfferConsent => CONSENT[verdict];

/** What makes an offer of Remote Assistance on this machine, or why nothing does. */
export type Offerer =
  | {
      /** The command line that offers to a target, as typed, for a person to read. */
      readonly commandFor: (target: string) => string;
      /** Starts it and leaves it to itself. Rejects when it could not be started. */
      readonly start: (target: string) => Promise<void>;
    }
  | { readonly why: string };
