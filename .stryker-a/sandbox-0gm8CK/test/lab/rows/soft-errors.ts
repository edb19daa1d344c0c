import { type Row, type Rule, r2 } from '../row.ts';
import { over6, UNREACHABLE } from './common.ts';

/** ICMP over IPv6 must not come back inside of connect(): see reject.ts. */
const AWAY = '10ms';

/** Says so for half a second after the first packet, and never again. */
const once = (type: string): Rule[] => [
  r2(`$to $source @$flapping reject with icmpx type ${type}`),
  r2(
    `$to $source != @$known add @$known { $source } add @$flapping { $source timeout 500ms } reject with icmpx type ${type}`,
  ),
];

const soft = (type: string, word: string): Row => ({
  name: `soft-${word}`,
  about: `router 2 says ${word} unreachable for half a second, as while a route moves, and then passes everything`,
  host: 'server',
  way: AWAY,
  remembers: true,
  rules: once(type),
  expect: { verdict: 'ready|undetermined', confidence: 'likely|weak', filters: [], noRemedyAt: 'network' },
});

const lasting = (type: string, word: 'host' | 'net'): Row => ({
  name: `lasting-${word}`,
  about: `router 2 says ${word} unreachable for ever: only asking again tells it from a route that moves`,
  host: 'server',
  way: AWAY,
  rules: [r2(`$to reject with icmpx type ${type}`)],
  expect: {
    ...UNREACHABLE,
    confidence: 'proven',
    ports: {
      135: `filtered ${word}-unreach from r2`,
      3389: `filtered ${word}-unreach from r2`,
      rest: `filtered ${word}-unreach from r2`,
    },
  },
  node: { knownLimit: 'only an errno tells of it: nobody knows who sent it', confidence: 'likely' },
});

const rows = [
  soft('host-unreachable', 'host'),
  soft('no-route', 'net'),
  lasting('host-unreachable', 'host'),
  lasting('no-route', 'net'),
];

/** ICMP errors that may pass (RFC 1122, 4.2.3.9), and those that do not. */
export const softErrorRows: readonly Row[] = [...rows, ...rows.map(over6)];
