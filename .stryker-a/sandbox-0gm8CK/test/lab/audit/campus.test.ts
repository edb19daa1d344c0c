import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostReport, Report } from '../../../src/model/report.ts';
import { needs } from '../gate.ts';
import type { Lab } from '../lab.ts';
import { whyMissing, whyNoLab } from '../tools.ts';
import { CAMPUS, openCampus, SERVERS, SUBNETS, subnets, truthOf } from './campus.ts';

const BINARY = join(import.meta.dirname, '../../../bin/ra-preflight.js');
const CAMPUS_MS = 180_000;
const R1 = '10.64.1.1';
const R2 = '10.64.2.2';

const why = (await whyNoLab()) ?? whyMissing('samba') ?? whyMissing('xrdp');

const audit = async (lab: Lab, ...options: string[]): Promise<Report> => {
  const home = join(lab.folder, 'home');
  const command = [process.execPath, BINARY, 'audit', CAMPUS, '--db', ':memory:', '--format', 'json', '-q'];
  const pace = ['--rate', '20000', '--subnet-rate', '20000', '--sample', '16', '--seed', '1'];
  const { code, stdout, stderr } = await lab.asExpert([...command, ...pace, ...options], {
    HOME: home,
    XDG_CONFIG_HOME: home,
  });
  if (code !== 1) throw new Error(`ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Report;
};

/** How many ports were asked, and those whose state is not what the builder of the campus knows. */
const compare = ({ hosts }: Report): { asked: number; wrong: string[] } => {
  let asked = 0;
  const wrong: string[] = [];
  for (const { address, ports } of hosts) {
    for (const { port, state, reason } of ports) {
      const truth = truthOf(address ?? '', port);
      if (truth === null) continue;
      asked++;
      // A wire that sees the reset itself says so.
      const said = `${state} ${reason === 'reset' ? 'conn-refused' : reason}`;
      if (truth !== said) wrong.push(`${address} TCP ${port}: ${said}, is ${truth}`);
    }
  }
  return { asked, wrong };
};

const ofSubnet = ({ hosts }: Report, third: number): HostReport[] =>
  hosts.filter(({ address }) => address?.startsWith(`10.80.${third}.`));

const verdictsIn = (report: Report, third: number): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { verdict } of ofSubnet(report, third)) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
};

describe.each(['linux', 'syn'])(
  'an audit of 4,096 addresses behind two routers with mixed filters, engine %s',
  (engine) => {
    let lab: Lab | undefined;
    let report: Report | undefined;
    beforeAll(async () => {
      if (why !== null) return;
      lab = await openCampus();
      report = await audit(lab, '--engine', engine);
    }, CAMPUS_MS);
    afterAll(() => lab?.close());

    const told = (skip: (reason: string) => void): Report => {
      needs(skip, why);
      if (!report) throw new Error('no report');
      return report;
    };

    it('reports every address once, in their order', ({ skip }) => {
      const { hosts, summary } = told(skip);
      expect(summary.hosts).toBe(SUBNETS * 256);
      expect(hosts.map(({ target }) => target)).toEqual(
        Array.from({ length: SUBNETS * 256 }, (_, i) => `10.80.${i >> 8}.${i & 255}`),
      );
    });

    it('is right about every port', ({ skip }) => {
      const { asked, wrong } = compare(told(skip));
      expect(wrong).toEqual([]);
      expect(asked).toBeGreaterThan(50_000);
    });

    it('tells the dead from the filtered and the stealthy', ({ skip }) => {
      const it = told(skip);
      for (const [third, subnet] of subnets.entries()) {
        const expected = {
          dead: { unreachable: 256 },
          // They answer a ping, so silence on TCP 135 is a filter's: their own firewall's, as far as a trace can tell.
          stealthy: { blocked: 256 },
          // Nothing listens on TCP 135 there.
          open: { blocked: 256 },
          filtered: { blocked: 256 },
          servers: { ready: SERVERS.count, blocked: 256 - SERVERS.count },
        }[subnet.kind];
        expect({ third, ...verdictsIn(it, third) }).toEqual({ third, ...expected });
      }
    });

    it('reads as one finding a filter, with its place and the fewest prefixes', ({ skip }) => {
      const found = told(skip).groups.map(({ signature, hosts, prefixes }) => ({
        signature,
        hosts,
        prefixes,
      }));
      expect(found).toEqual(
        expect.arrayContaining([
          {
            signature: `remote-desktop drop after ${R1}`,
            hosts: 512,
            prefixes: ['10.80.1.0/24', '10.80.3.0/24'],
          },
          { signature: `dynamic-rpc drop after ${R1}`, hosts: 512, prefixes: ['10.80.6.0/23'] },
          {
            signature: expect.stringContaining(`endpoint-mapper icmp by ${R2}`),
            hosts: 512,
            prefixes: ['10.80.4.0/23'],
          },
          {
            signature: expect.stringContaining('endpoint-mapper reset'),
            hosts: 256,
            prefixes: ['10.80.8.0/24'],
          },
          {
            // What stops the stealthy hosts sits behind the last router: in front of them or on them.
            signature: `endpoint-mapper drop after ${R2}`,
            hosts: 256,
            prefixes: ['10.80.9.0/24'],
          },
          {
            signature: expect.stringContaining(`dynamic-rpc icmp by ${R1}`),
            hosts: 256,
            prefixes: ['10.80.12.0/24'],
          },
        ]),
      );
      // And the hosts on which nothing listens on TCP 135, or a device refuses in their name: no filter that could be placed.
      expect(found.filter(({ signature }) => !signature.startsWith('endpoint-mapper refused'))).toHaveLength(
        6,
      );
      expect(found).toHaveLength(7);
    });

    it('asks dead hosts for signs of life only', ({ skip }) => {
      const it = told(skip);
      const dead = subnets.flatMap(({ kind }, third) => (kind === 'dead' ? ofSubnet(it, third) : []));
      expect(dead).toHaveLength(768);
      expect(dead.every(({ ports }) => ports.length === 5)).toBe(true);
    });
  },
);

describe('the same with one packet in a hundred lost, each way', () => {
  let lab: Lab | undefined;
  beforeAll(async () => {
    if (why === null) lab = await openCampus(1);
  }, CAMPUS_MS);
  afterAll(() => lab?.close());

  it.for(['linux', 'syn'])(
    'is right about at least 99.9 percent of the ports with engine %s',
    { timeout: CAMPUS_MS },
    async (engine, { skip }) => {
      needs(skip, why);
      if (!lab) throw new Error('no lab');
      const report = await audit(lab, '--engine', engine);
      const { asked, wrong } = compare(report);
      expect(report.summary.hosts).toBe(SUBNETS * 256);
      expect(asked).toBeGreaterThan(50_000);
      expect(wrong.length / asked, wrong.slice(0, 20).join('\n')).toBeLessThan(0.001);
    },
  );
});
