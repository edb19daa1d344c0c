import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Control, Finding, Flows, HostEvidence, PortObservation } from '../../src/model/evidence.ts';
import type { Reply } from '../../src/model/reply.ts';
import { judgeHost, judgeHosts } from '../../src/verdict/judge-host.ts';
import { ADDRESS, reply as anyReply, CAPABILITIES, evidence, plan } from './arbitraries.ts';
import { NEARLY, silent } from './nearly-alike.ts';

type KeysOf<Union> = Union extends unknown ? keyof Union : never;
type Use = 'read' | 'passed on';
/** A new field of the evidence is an error of types here: what a rule reads of it, evidenceKey must know. */
const HOST: Readonly<Record<keyof HostEvidence, Use>> = {
  target: 'passed on',
  address: 'passed on',
  family: 'passed on',
  names: 'passed on',
  resolution: 'passed on',
  otherAddresses: 'read',
  echo: 'read',
  ports: 'read',
  mapped: 'read',
  traces: 'read',
  lossEstimate: 'read',
  control: 'read',
  multipath: 'read',
  withoutNeighbour: 'read',
  extras: 'passed on',
  interrupted: 'read',
  responder: 'read',
};
const PORT: Readonly<Record<keyof PortObservation, Use>> = {
  port: 'read',
  requirement: 'read',
  why: 'read',
  reply: 'read',
  attempts: 'read',
  lost: 'read',
  flows: 'read',
  service: 'passed on',
  detail: 'passed on',
  finding: 'read',
};
const FLOWS: Readonly<Record<keyof Flows, Use>> = {
  asked: 'read',
  answered: 'read',
  over: 'read',
  control: 'read',
};
const CONTROL: Readonly<Record<keyof Control, Use>> = {
  of: 'read',
  asked: 'read',
  answered: 'read',
  stoppedAfter: 'read',
};
const FINDING: Readonly<Record<KeysOf<Finding>, Use>> = {
  kind: 'read',
  speech: 'read',
  listing: 'read',
  stalled: 'read',
  endpoints: 'read',
  resolver: 'read',
  negotiated: 'read',
  seen: 'read',
  listening: 'read',
  isLimited: 'read',
  taken: 'read',
  large: 'read',
  idle: 'read',
};
const REPLY: Readonly<Record<Exclude<KeysOf<Reply>, 'attempts'>, Use>> = {
  kind: 'read',
  rttMs: 'passed on',
  ttl: 'passed on',
  by: 'read',
  ttlMatch: 'read',
  from: 'read',
  cause: 'read',
  waitedMs: 'passed on',
  fault: 'read',
};

/** Evidence as audits have it of most hosts: nothing but its ports was looked at. */
const plain = (given: HostEvidence): HostEvidence => ({
  ...given,
  echo: { kind: 'not-observed', why: 'test' },
  traces: [],
  mapped: [],
  multipath: [],
  interrupted: false,
});

/** The reply with one of its parts, or of the parts of these, changed. */
const withPart = (given: Reply, from: string, pick: number): Reply => {
  switch (given.kind) {
    case 'accepted':
      return { ...given, rttMs: given.rttMs + 1, ttl: 60 };
    case 'silent':
      return { ...given, waitedMs: given.waitedMs + 1, attempts: given.attempts + 1 };
    case 'refused': {
      if (pick % 5 === 0) return { ...given, ttlMatch: pick % 2 === 0 };
      const by = (['target', 'middlebox', 'unknown'] as const)[pick % 3] ?? 'unknown';
      return pick % 2 === 0 ? { ...given, by } : { ...given, by: 'middlebox', from };
    }
    case 'unknown': {
      const { fault } = given;
      const faults = [
        { ...fault, kind: 'buffers' as const },
        { ...fault, text: `${fault.text}, again` },
      ];
      return { ...given, fault: faults[pick % faults.length] ?? fault };
    }
    case 'rejected': {
      if ('errno' in given.cause) return { ...given, cause: { errno: 'ENOPROTOOPT' } };
      const { icmp } = given.cause;
      const causes = [
        { icmp, from },
        { icmp: { ...icmp, code: (icmp.code + 1) % 16 }, from: given.cause.from },
        { icmp: { ...icmp, type: icmp.type === 3 ? 11 : 3 }, from: given.cause.from },
        { icmp: { ...icmp, version: 6 as const }, from: given.cause.from },
      ];
      return { ...given, cause: causes[pick % causes.length] ?? given.cause };
    }
  }
};

const withPort = (
  given: HostEvidence,
  at: number,
  change: (one: PortObservation) => PortObservation,
): HostEvidence => ({
  ...given,
  ports: given.ports.map((one, i) => (i === at % given.ports.length ? change(one) : one)),
});

/** What one host may differ in from the next: any field, or one thing about one port. `other` is where it comes from. */
type Change = (given: HostEvidence, other: HostEvidence, at: number, pick: number) => HostEvidence;
const FROM = ['10.0.1.1', '10.0.2.1', '10.0.3.1', ADDRESS, 'fd00::1'];
const fromOf = (pick: number): string => FROM[pick % FROM.length] ?? ADDRESS;
const otherPort = (other: HostEvidence, { port }: PortObservation) =>
  other.ports.find((one) => one.port === port);

const CHANGES: readonly Change[] = [
  (given) => given,
  (given, _, __, pick) => ({ ...given, address: fromOf(pick) }),
  (given, other) => ({ ...given, lossEstimate: other.lossEstimate }),
  (given, other) => ({ ...given, echo: other.echo }),
  (given, other) => ({ ...given, control: other.control }),
  (given, other) => ({ ...given, multipath: other.multipath }),
  (given, _, at, pick) => withPort(given, at, (one) => ({ ...one, lost: pick % 4 })),
  (given, _, at, pick) =>
    withPort(given, at, (one) => ({ ...one, attempts: 20, flows: { asked: 8, answered: pick % 9 } })),
  (given, other) => ({ ...given, traces: other.traces }),
  (given, other) => ({ ...given, mapped: other.mapped }),
  (given, other) => ({ ...given, interrupted: other.interrupted }),
  (given) => ({ ...given, address: null, resolution: { kind: 'not-found', code: 'ENODATA' }, ports: [] }),
  (given, other) => ({
    ...given,
    otherAddresses: other.ports
      .slice(0, 1)
      .map((one) => ({ address: '10.9.0.9', family: 4, reply: one.reply })),
  }),
  (given, _, at) => ({ ...given, ports: given.ports.filter((__, i) => i !== at % given.ports.length) }),
  (given, _, at) => withPort(given, at, (one) => ({ ...one, attempts: (one.attempts % 6) + 1 })),
  (given, _, at) =>
    withPort(given, at, (one) => ({ ...one, why: one.why === 'listed' ? 'sampled' : 'listed' })),
  (given, _, at) => withPort(given, at, (one) => ({ ...one, port: one.port + 1 })),
  (given, other, at) =>
    withPort(given, at, (one) => {
      const { finding: _, ...bare } = one;
      const found = otherPort(other, one)?.finding;
      return found ? { ...bare, finding: found } : bare;
    }),
  (given, other, at) =>
    withPort(given, at, (one) => ({ ...one, reply: otherPort(other, one)?.reply ?? one.reply })),
  (given, _, at, pick) =>
    withPort(given, at, (one) => ({ ...one, reply: withPart(one.reply, fromOf(pick), pick) })),
];

/** One host, and hosts that differ from it in one or two things. */
const network = fc
  .tuple(
    evidence(anyReply),
    evidence(anyReply),
    fc.array(
      fc.tuple(
        fc.array(fc.nat(CHANGES.length - 1), { minLength: 1, maxLength: 2 }),
        fc.nat(40),
        fc.nat(40),
        fc.nat(255),
      ),
      { minLength: 5, maxLength: 30 },
    ),
  )
  .map(([given, other, differences]) =>
    differences.map(([changes, at, pick, low]) =>
      changes.reduce(
        (host, index) => CHANGES[index]?.(host, other, at, pick) ?? host,
        plain({ ...given, address: `10.9.0.${low}` }),
      ),
    ),
  );

const frozen = <Value>(value: Value): Value => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
};

describe('judgeHosts', () => {
  it.each([CAPABILITIES, { ...CAPABILITIES, icmp: false }])(
    'says of each host what is said of it alone, whatever was said of others before: %j',
    (capabilities) => {
      fc.assert(
        fc.property(network, (hosts) => {
          const judge = judgeHosts(plan, capabilities);
          for (const host of hosts) {
            const [said, alone] = [frozen(judge(host)), judgeHost(host, plan, capabilities)];
            // `expect` is to say where they differ: on reports that are alike it takes longer than what is tested.
            if (!isDeepStrictEqual(said, alone)) expect(said).toStrictEqual(alone);
          }
        }),
        { numRuns: 300 },
      );
    },
  );

  it.each(NEARLY)('takes no hosts for alike that differ in %s', (_, first, second) => {
    expect(judgeHost(second, plan, CAPABILITIES)).not.toEqual({
      ...judgeHost(first, plan, CAPABILITIES),
      address: second.address,
    });
    for (const hosts of [
      [first, second],
      [second, first],
    ]) {
      const judge = judgeHosts(plan, CAPABILITIES);
      for (const host of hosts) expect(judge(host)).toStrictEqual(judgeHost(host, plan, CAPABILITIES));
    }
  });

  it('judges hosts once that differ in nothing but what is passed on', () => {
    const judge = judgeHosts(plan, CAPABILITIES);
    const first = judge(silent({}, { reply: { kind: 'accepted', rttMs: 1 }, attempts: 1 }));
    const differs: Partial<HostEvidence> = {
      target: { kind: 'name', text: 'pc1', name: 'pc1' },
      address: 'fd00::9',
      family: 6,
      names: ['pc1'],
      resolution: { kind: 'resolved', addresses: [{ address: 'fd00::9', family: 6 }] },
      extras: [{ probe: 'smb', port: 445, reply: { kind: 'accepted', rttMs: 1 }, attempts: 1 }],
    };
    const said = { rttMs: 9, ttl: 60 };
    const told = { service: 'epmap', detail: 'said' };
    const second = judge(silent(differs, { reply: { kind: 'accepted', ...said }, attempts: 1, ...told }));
    expect(second.because).toBe(first.because);
    expect(second.requirements).toBe(first.requirements);
    expect(second).toMatchObject({ target: 'pc1', address: 'fd00::9', names: ['pc1'] });
    expect(second.extra).toMatchObject([{ probe: 'smb', port: 445, state: 'open' }]);
    expect(second.ports[0]).toMatchObject({ from: 'fd00::9', ...said, ...told });
    const passedOn = [differs, said, told, { waitedMs: 1 }].flatMap(Object.keys).toSorted();
    const known = Object.entries({ ...HOST, ...PORT, ...REPLY, ...FLOWS, ...CONTROL, ...FINDING }).filter(
      ([, use]) => use === 'passed on',
    );
    expect(known.map(([field]) => field).toSorted()).toEqual(passedOn);
  });

  it('gives each host remedies with its own address', () => {
    const judge = judgeHosts(plan, CAPABILITIES);
    for (const address of [ADDRESS, '10.9.3.9', 'fd00::9']) {
      const { verdict, remedies } = judge(silent({ address }));
      expect(verdict).toBe('blocked');
      const open = remedies.find(({ id }) => id === 'open-network-filter');
      expect(open?.text).toContain(`to ${address},`);
      expect(open?.commands.join('\n')).toContain(`daddr ${address} `);
    }
  });

  it('forgets what it judged when there are very many kinds of hosts', () => {
    const judge = judgeHosts(plan, CAPABILITIES);
    const first = judge(silent({}));
    for (let i = 1; i <= 256; i++) judge(silent({ lossEstimate: i / 1000 }));
    const again = judge(silent({}));
    expect(again.because).not.toBe(first.because);
    expect(again).toEqual(first);
  });
});
