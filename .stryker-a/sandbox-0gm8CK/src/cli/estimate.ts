import { portOf, REQUIREMENTS } from '../model/requirement.ts';
import { aboutDuration } from '../text/duration.ts';
import type { ScanOptions } from './options.ts';

/** Hosts above which an audit asks to be confirmed (DESIGN section 6). */
export const MOST_UNCONFIRMED = 4096;

/** Packets to a host where nothing answers: five ports, two of them twice, the kernel's own second SYNs, two echoes. */
const DEAD_PACKETS = 12;
/** Further packets to a host that answers: a handshake and its end, and the look at where refusals come from. */
const PER_PORT_PACKETS = 3;
const REQUIRED_PORTS = REQUIREMENTS.filter((name) => portOf(name) !== null).length;

const rounded = (value: number): string => {
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return (Math.round(value / digits) * digits).toLocaleString('en');
};

/** What an audit of so many hosts costs, as one sentence: packets and time, if nothing answers and if everything does. */
export const estimateText = (hosts: number, { sample, rate, retries }: ScanOptions): string => {
  const dead = DEAD_PACKETS * hosts;
  const live = (sample + REQUIRED_PORTS) * PER_PORT_PACKETS * hosts;
  const deadQuestions = (2 * Math.min(2, retries + 1) + 5) * hosts;
  const liveQuestions = (sample + REQUIRED_PORTS) * 2 * hosts;
  return (
    `${hosts.toLocaleString('en')} hosts are about ${rounded(dead)} packets if nothing answers and ` +
    `${rounded(live)} if everything does: ${aboutDuration(deadQuestions / rate)} to ${aboutDuration(liveQuestions / rate)} at --rate ${rate}`
  );
};
