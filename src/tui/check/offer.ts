import { consentFor, type Offerer } from '../../model/offer.ts';
import { SHOWN_WORDS, shownVerdict } from '../../model/shown-verdict.ts';
import { messageOf } from '../../text/error-message.ts';
import type { HostView } from '../kit/host-view.ts';

/** What the key for an offer does. */
export interface Offering {
  /** The key was pressed, for the chosen host. */
  press(host: HostView | undefined): void;
  /** Another key was pressed: a pending question is withdrawn. */
  forget(): void;
}

/** Starts offers at once, or with a second press, or says why not. `say`: puts a notice on the screen. */
export const createOffering = (offerer: Offerer, say: (text: string) => void): Offering => {
  let asked: number | null = null;
  const start = async (target: string, command: string): Promise<void> => {
    if ('why' in offerer) return;
    try {
      await offerer.start(target);
      say(`offer started: ${command}`);
    } catch (error) {
      say(`the offer could not be started: ${messageOf(error)}`);
    }
  };
  return {
    press: (host) => {
      if ('why' in offerer) return say(`no offer from here: ${offerer.why}`);
      const report = host?.report;
      if (!host || !report) return say('no verdict yet; an offer needs one');
      const command = offerer.commandFor(host.target);
      const consent = consentFor(report.verdict);
      const word = SHOWN_WORDS[shownVerdict(report)];
      if (consent === 'never') return say(`not offered: ${host.title} is ${word}`);
      if (consent === 'after a question' && asked !== host.index) {
        asked = host.index;
        return say(`${host.title} is ${word}: o again offers anyway (${command})`);
      }
      asked = null;
      void start(host.target, command);
    },
    forget: () => {
      asked = null;
    },
  };
};

/** How to offer to a host that is ready, for when a run has ended; null where there is none, or nothing makes offers. */
export const readyNotice = (hosts: readonly HostView[], offerer: Offerer): string | null => {
  const ready = hosts.find(({ report }) => report && consentFor(report.verdict) === 'at once');
  if (!ready || 'why' in offerer) return null;
  return `${ready.title} is ready: o offers Remote Assistance (${offerer.commandFor(ready.target)})`;
};
