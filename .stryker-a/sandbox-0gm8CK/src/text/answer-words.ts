import type { PortReason, PortState } from '../model/reply.ts';

/** What is called filtered in nmap's words, for people, who read a filter into that. */
const FILTERED_WORDS: Readonly<Partial<Record<PortReason, string>>> = {
  'no-response': 'no answer',
  'middlebox-reset': 'reset on the path',
};

/** How a port answered, for people: `open`, `closed`, `no answer`, `rejected (admin-prohibited)`, `not probed`. */
export const answerWords = ({
  state,
  reason,
}: {
  readonly state: PortState;
  readonly reason: PortReason;
}): string => {
  if (state === 'unknown') return 'not probed';
  if (state !== 'filtered') return state;
  return FILTERED_WORDS[reason] ?? `rejected (${reason})`;
};
