import type {
  EndpointMapperFinding,
  Finding,
  HostEvidence,
  PortObservation,
} from '../../src/model/evidence.ts';
import type { Reply } from '../../src/model/reply.ts';
import { ADDRESS } from './arbitraries.ts';

const SILENT: Pick<PortObservation, 'reply' | 'attempts'> = {
  reply: { kind: 'silent', waitedMs: 100, attempts: 3 },
  attempts: 3,
};

/** A host that is alive and silent on every port; `mapper` is what differs on TCP 135, `server` on the dynamic one. */
export const silent = (
  of: Partial<HostEvidence>,
  mapper: Partial<PortObservation> = {},
  server: Partial<PortObservation> = {},
): HostEvidence => ({
  target: { kind: 'address', text: ADDRESS, address: ADDRESS, family: 4 },
  address: ADDRESS,
  family: 4,
  names: [],
  resolution: null,
  otherAddresses: [],
  echo: { kind: 'reply', rttMs: 1 },
  ports: [
    { port: 135, requirement: 'endpoint-mapper', why: 'required', ...SILENT, ...mapper },
    { port: 3389, requirement: 'remote-desktop', why: 'required', ...SILENT },
    { port: 50_000, requirement: 'dynamic-rpc', why: 'sampled', ...SILENT, ...server },
  ],
  mapped: [],
  traces: [],
  lossEstimate: 0,
  control: null,
  multipath: [],
  interrupted: false,
  ...of,
});

const answers = (reply: Reply): Partial<PortObservation> => ({ reply, attempts: 1 });
const rejects = (code: number, from: string): Partial<PortObservation> =>
  answers({ kind: 'rejected', rttMs: 1, cause: { icmp: { version: 4, type: 3, code }, from } });
const OPEN = answers({ kind: 'accepted', rttMs: 1 });
const speaks = (finding: Finding): Partial<PortObservation> => ({ ...OPEN, finding });
const MAPPER: EndpointMapperFinding = {
  kind: 'endpoint-mapper',
  speech: 'spoke',
  listing: 'complete',
  endpoints: [],
  resolver: { kind: 'silent' },
};
const DESKTOP: Finding = { kind: 'remote-desktop', speech: 'spoke', negotiated: true };

/** Nothing of the host answers, and no ping could be sent. */
const UNPINGED = (why: string): Partial<HostEvidence> => ({ echo: { kind: 'not-observed', why } });

/** Hosts that differ in one thing which the rules read, and must not be taken for alike. */
export const NEARLY: readonly (readonly [string, HostEvidence, HostEvidence])[] = [
  ['the kind of a reply', silent({}, OPEN), silent({})],
  [
    'whether nothing answered ARP',
    silent({ echo: { kind: 'no-reply', waitedMs: 1 }, withoutNeighbour: true }),
    silent({ echo: { kind: 'no-reply', waitedMs: 1 } }),
  ],
  [
    'who refuses',
    silent({}, answers({ kind: 'refused', rttMs: 1, by: 'target' })),
    silent({}, answers({ kind: 'refused', rttMs: 1, by: 'unknown' })),
  ],
  [
    'where a reset comes from',
    silent({}, answers({ kind: 'refused', rttMs: 1, by: 'middlebox', from: '10.0.1.1' })),
    silent({}, answers({ kind: 'refused', rttMs: 1, by: 'middlebox', from: '10.0.2.1' })),
  ],
  ['an ICMP code', silent({}, rejects(13, '10.0.1.1')), silent({}, rejects(10, '10.0.1.1'))],
  ['who rejects', silent({}, rejects(13, '10.0.1.1')), silent({}, rejects(13, '10.0.2.1'))],
  [
    'whether the host itself rejects',
    silent({}, rejects(13, '10.0.1.1')),
    silent({ address: '10.0.1.1' }, rejects(13, '10.0.1.1')),
  ],
  [
    'whether the host itself rejects, in another spelling',
    silent({ address: 'fe80::2%eth0' }, rejects(13, 'fe80::1')),
    silent({ address: 'fe80::1%eth0' }, rejects(13, 'fe80::1')),
  ],
  [
    'an errno',
    silent({}, answers({ kind: 'rejected', rttMs: 1, cause: { errno: 'EACCES' } })),
    silent({}, answers({ kind: 'rejected', rttMs: 1, cause: { errno: 'ENOPROTOOPT' } })),
  ],
  [
    'the text of a fault',
    silent({}, answers({ kind: 'unknown', fault: { kind: 'other', code: 'E', text: 'one' } })),
    silent({}, answers({ kind: 'unknown', fault: { kind: 'other', code: 'E', text: 'two' } })),
  ],
  [
    'the kind of a fault',
    silent({}, answers({ kind: 'unknown', fault: { kind: 'buffers', code: 'E', text: 'one' } })),
    silent({}, answers({ kind: 'unknown', fault: { kind: 'no-route', code: 'E', text: 'one' } })),
  ],
  ['attempts', silent({}, { attempts: 3 }), silent({}, { attempts: 1 })],
  ['a port', silent({}, OPEN, { port: 50_000 }), silent({}, OPEN, { port: 50_001 })],
  ['what a port is for', silent({}), silent({}, {}, { requirement: 'remote-desktop' })],
  ['why a port was asked', silent({}), silent({}, {}, { why: 'listed' })],
  ['how a listener speaks', silent({}, speaks(MAPPER)), silent({}, speaks({ ...MAPPER, speech: 'foreign' }))],
  [
    'what the mapper lists',
    silent({}, speaks(MAPPER)),
    silent({}, speaks({ ...MAPPER, listing: 'refused' })),
  ],
  [
    'its endpoints',
    silent({}, speaks(MAPPER)),
    silent({}, speaks({ ...MAPPER, endpoints: [{ port: 50_000, interface: 'x v1.0', annotation: '' }] })),
  ],
  [
    'the resolver',
    silent({}, speaks(MAPPER)),
    silent({}, speaks({ ...MAPPER, resolver: { kind: 'refused' } })),
  ],
  ['what listens', silent({}, speaks(MAPPER)), silent({}, OPEN)],
  ['a negotiation', silent({}, speaks(DESKTOP)), silent({}, speaks({ ...DESKTOP, negotiated: false }))],
  ['the echo', silent({}), silent({ echo: { kind: 'no-reply', waitedMs: 1 } })],
  [
    'who answers the echo',
    silent({ echo: { kind: 'unreachable', from: '10.0.1.1' } }),
    silent({ echo: { kind: 'unreachable', from: '10.0.2.1' } }),
  ],
  [
    'the TTL of a reset',
    silent({}, answers({ kind: 'refused', rttMs: 1, by: 'unknown', ttlMatch: true })),
    silent({}, answers({ kind: 'refused', rttMs: 1, by: 'unknown', ttlMatch: false })),
  ],
  [
    'whether the TTL of a reset was compared',
    silent({}, answers({ kind: 'refused', rttMs: 1, by: 'middlebox', ttlMatch: false })),
    silent({}, answers({ kind: 'refused', rttMs: 1, by: 'middlebox' })),
  ],
  ['flows', silent({}, OPEN), silent({}, { ...OPEN, attempts: 16, flows: { asked: 8, answered: 4 } })],
  [
    'how many flows answer',
    silent({}, { ...OPEN, attempts: 16, flows: { asked: 8, answered: 4 } }),
    silent({}, { ...OPEN, attempts: 16, flows: { asked: 8, answered: 6 } }),
  ],
  [
    'the router that silent flows share',
    silent({}, { ...OPEN, attempts: 16, flows: { asked: 8, answered: 4, over: '10.0.1.1' } }),
    silent({}, { ...OPEN, attempts: 16, flows: { asked: 8, answered: 4, over: '10.0.2.1' } }),
  ],
  [
    'lost probes',
    silent({ lossEstimate: 0.1 }, { ...OPEN, attempts: 6, lost: 5 }),
    silent({ lossEstimate: 0.1 }, { ...OPEN, attempts: 6 }),
  ],
  ['a control', silent({}), silent({ control: { of: 'own', asked: 9, answered: 3, stoppedAfter: null } })],
  [
    'the answers of a control',
    silent({ control: { of: 'own', asked: 9, answered: 9, stoppedAfter: null } }),
    silent({ control: { of: 'own', asked: 9, answered: 3, stoppedAfter: null } }),
  ],
  [
    'the size of a control',
    silent({ control: { of: 'own', asked: 9, answered: 3, stoppedAfter: null } }),
    silent({ control: { of: 'own', asked: 8, answered: 3, stoppedAfter: null } }),
  ],
  [
    'whose control it is',
    silent({ control: { of: 'own', asked: 9, answered: 0, stoppedAfter: 9 } }),
    silent({ control: { of: 'neighbour', asked: 9, answered: 0, stoppedAfter: 9 } }),
  ],
  [
    'whether answers stopped',
    silent({ control: { of: 'own', asked: 9, answered: 9, stoppedAfter: null } }),
    silent({ control: { of: 'own', asked: 9, answered: 9, stoppedAfter: 9 } }),
  ],
  ['several routers', silent({}), silent({ multipath: [{ ttl: 2, addresses: ['10.0.1.1', '10.0.2.1'] }] })],
  [
    'whether a list stalled',
    silent({}, speaks({ ...MAPPER, listing: 'none' })),
    silent({}, speaks({ ...MAPPER, listing: 'none', stalled: true })),
  ],
  ['why no ping was sent', silent(UNPINGED('one')), silent(UNPINGED('two'))],
  ['loss', silent({ lossEstimate: 0.3 }), silent({ lossEstimate: 0.4 })],
  ['an interruption', silent({}), silent({ interrupted: true })],
  ['an address', silent({}, OPEN), silent({ address: null }, OPEN)],
  ['a name', silent({}), silent({ resolution: { kind: 'not-found', code: 'ENODATA' } })],
];
