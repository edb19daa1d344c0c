import { DYNAMIC_PORTS } from '../../src/model/target.ts';
import type { Lab } from './lab.ts';
import { type Row, type Saying, splitSaying } from './row.ts';

/** What nmap saw at one port. */
interface Seen {
  readonly state: string;
  readonly reason: string;
  readonly from: string | null;
  readonly ttl: number;
}

/** nmap's words for ICMPv6 codes, in those of the report. */
const SAME: Readonly<Record<string, string>> = {
  'no-route': 'net-unreach',
  'addr-unreach': 'host-unreach',
  'failed-policy': 'admin-prohibited',
  'reject-route': 'admin-prohibited',
};

/** Hosts answer with a TTL of 128, routers with 64, and each router on the way takes one. */
const RESET_TTL = { target: 126, r1: 64, r2: 63, a: 63, b: 63 } as const;

/** Ports that show a row's filter: each single one, the edges of each stretch on both sides, and two far off. */
export const tellingPorts = (row: Row, listed: readonly number[]): Map<number, Saying> => {
  const { rest, listed: whenListed, ...named } = row.expect.ports ?? {};
  const stretches = Object.entries(named).map(([key, saying]) => {
    const [from = 0, to = from] = key.split('-').map(Number);
    return { from, to, saying };
  });
  const near = stretches.flatMap(({ from, to }) => (from === to ? [from] : [from - 1, from, to, to + 1]));
  const { from: first, to: last } = row.rpcPorts ?? DYNAMIC_PORTS;
  const ports = [...near, ...(whenListed ? listed : []), first, Math.round((first + last) / 2), last];
  const found = new Map<number, Saying>();
  for (const port of ports) {
    const holding = stretches.filter(({ from, to }) => from <= port && port <= to);
    const narrowest = holding.toSorted((a, b) => a.to - a.from - (b.to - b.from))[0];
    const isListed = whenListed !== undefined && listed.includes(port);
    const saying = isListed ? whenListed : (narrowest?.saying ?? rest);
    if (saying) found.set(port, saying);
  }
  return found;
};

const attribute = (xml: string, name: string): string | null =>
  new RegExp(` ${name}="([^"]*)"`).exec(xml)?.[1] ?? null;

/** What nmap learnt about one address. */
interface View {
  readonly ports: ReadonlyMap<number, Seen>;
  /** Ports of which nothing came back. */
  readonly unanswered: number;
  /** Smoothed round trip, milliseconds. */
  readonly rttMs: number;
}

const count = (xml: string, pattern: RegExp): number =>
  [...xml.matchAll(pattern)].reduce((sum, [, number]) => sum + Number(number ?? 1), 0);

/**
 * Asks these ports of one address with nmap's half-open scan, on raw sockets: nothing of ours is involved. nmap reports
 * ports one by one only while there are few of a kind.
 */
export const askNmap = async (
  lab: Lab,
  address: string,
  ports: readonly number[],
  { retries = 2, rate = 100, longestMs = 800 } = {},
): Promise<View> => {
  const family = address.includes(':') ? ['-6'] : [];
  const pace = `--max-retries ${retries} --min-rate ${rate} --initial-rtt-timeout ${longestMs}ms --max-rtt-timeout ${longestMs}ms`;
  const what = `-n -Pn --send-ip -sS -oX - -p ${ports.join(',')} ${address}`;
  const command = ['nmap', ...family, ...pace.split(' '), ...what.split(' ')];
  const { stdout, stderr, code } = await lab.asExpert(command);
  if (code !== 0) throw new Error(`nmap: ${stderr}`);
  const found = stdout.matchAll(/<port protocol="tcp" portid="(\d+)">(<state [^>]*>)/g);
  const seen = [...found].map(([, port, xml = '']): [number, Seen] => [
    Number(port),
    {
      state: attribute(xml, 'state') ?? '',
      reason: attribute(xml, 'reason') ?? '',
      from: attribute(xml, 'reason_ip'),
      ttl: Number(attribute(xml, 'reason_ttl')),
    },
  ]);
  const summed = count(stdout, /<extrareasons reason="no-response" count="(\d+)"/g);
  return {
    ports: new Map(seen),
    unanswered: summed + seen.filter(([, { reason }]) => reason === 'no-response').length,
    rttMs: Number(attribute(stdout, 'srtt')) / 1000,
  };
};

/** How nmap's view of a port differs from what the row says is really there; null when it does not. */
export const differenceFrom = (lab: Lab, row: Row, saying: Saying, seen: Seen | undefined): string | null => {
  const { state, reasons, from } = splitSaying(saying);
  if (!seen) return 'not reported';
  const said = `${seen.state} ${seen.reason} from ${seen.from ?? 'nobody'} with ttl ${seen.ttl}`;
  const isReset = reasons.some((reason) => reason === 'conn-refused' || reason === 'middlebox-reset');
  if (isReset) {
    // A forged reset carries the address of the host; only its TTL betrays who sent it.
    // The way over two routers is one hop longer for what stands behind them.
    const longer = row.way === 'twin' && (from === undefined || from === 'r2') ? 1 : 0;
    const right = seen.reason === 'reset' && seen.ttl === RESET_TTL[from ?? 'target'] - longer;
    return right ? null : said;
  }
  const right =
    seen.state === state && reasons.some((reason) => reason === (SAME[seen.reason] ?? seen.reason));
  // nmap leaves the sender out when it is the host itself.
  const sender = from === undefined || (seen.from ?? lab.addressOf(row)) === lab.placeOf(row, from);
  return right && sender ? null : said;
};
