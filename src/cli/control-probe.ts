import type { Reply } from '../model/reply.ts';
import type { Family } from '../model/target.ts';
import type { Wire } from '../model/wire.ts';
import { readNet, spanOf } from '../targets/span.ts';
import { andList } from '../text/and-list.ts';
import { openLoopbackPeer } from '../wire/loopback-peer.ts';
import type { MachineFinding } from './doctor-machine.ts';

// Security software and proxies that accept every connection in place of its target make all ports look open. What shows them is a
// control: a connection that nobody can accept.

const NAME = 'control probe';
/** Beside what everybody uses an address that only loopback has: software that filters often leaves out 127.0.0.1 alone. */
const LOOPBACK: readonly (readonly [string, Family])[] = [
  ['127.0.0.1', 4],
  ['127.84.19.7', 4],
  ['::1', 6],
];
/** Somebody else may take a closed port at this moment, hardly three of them. */
const CLOSED_PORTS = 3;
/** RFC 5737 and RFC 3849: for documents, and given to no machine. */
const DOCUMENTATION = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32'];
/** What an offer needs: the endpoint mapper, Remote Desktop and a dynamic port. Proxies often take some ports only. */
const PORTS = [135, 3389, 49_664] as const;
/** Past the first retransmission of a SYN. */
const LEAST_TIMEOUT_MS = 3000;

/** A port where nobody can accept, and what came back. */
export interface NegativeControl {
  readonly address: string;
  readonly port: number;
  readonly reply: Reply;
}

const askAll = async (
  wire: Wire,
  asked: readonly { readonly address: string; readonly family: Family; readonly port: number }[],
  signal: AbortSignal,
): Promise<NegativeControl[]> => {
  const replies: NegativeControl[] = [];
  const probes = asked.map((one) => ({
    ...one,
    timeoutMs: Math.max(LEAST_TIMEOUT_MS, wire.capabilities.minTimeoutMs),
  }));
  await wire.run(probes, {
    signal,
    perSecond: 1000,
    onReplies: (batch) => {
      for (const { probe, reply } of batch) replies.push({ address: probe.address, port: probe.port, reply });
    },
  });
  return replies;
};

/** Ports of an address of this machine on which nobody listens; none where it has no such address. */
const closedPorts = async (address: string): Promise<number[]> => {
  const ports: number[] = [];
  for (let count = 0; count < CLOSED_PORTS; count++) {
    const peer = await openLoopbackPeer(address, 0).catch(() => null);
    if (peer) ports.push(peer.closed);
  }
  return ports;
};

/** Asks closed ports of this machine; nothing leaves it. */
const askLoopback = async (wire: Wire, signal: AbortSignal): Promise<NegativeControl[]> => {
  const asked = await Promise.all(
    LOOPBACK.map(async ([address, family]) =>
      (await closedPorts(address)).map((port) => ({ address, family, port })),
    ),
  );
  return askAll(wire, asked.flat(), signal);
};

/** Behind what loopback showed, where nothing else was asked. */
const NEXT = 'ra-preflight doctor --control 192.0.2.1 looks beyond this machine for a proxy that accepts all';

/** What closed ports of this machine say: each of an address must accept before that is called a fake. */
export const loopbackFinding = (controls: readonly NegativeControl[], isAlone: boolean): MachineFinding => {
  const addresses = [...new Set(controls.map(({ address }) => address))];
  const faked = addresses.filter((wanted) =>
    controls.every(({ address, reply }) => address !== wanted || reply.kind === 'accepted'),
  );
  if (faked.length > 0)
    return {
      name: NAME,
      ok: false,
      lines: [
        `closed ports of ${andList(faked)} accept connections: software on this machine fakes open ports`,
        'exempt Node.js (ra-preflight) from it, or check from another machine; until then open proves nothing',
      ],
    };
  return {
    name: NAME,
    ok: true,
    lines: [
      addresses.length === 0
        ? 'not sent: this machine has no loopback address'
        : 'closed ports of this machine accept no connection',
      ...(isAlone ? [NEXT] : []),
    ],
  };
};

const isDocumentation = (address: string): boolean => {
  const span = spanOf(address);
  return DOCUMENTATION.some((text) => {
    const net = readNet(text);
    return span?.family === net?.family && span && net && span.first >= net.first && span.last <= net.last;
  });
};

/** What came back from an address that no machine should have. Only who accepts there fakes open ports. */
export const elsewhereFinding = (controls: readonly NegativeControl[]): MachineFinding => {
  const address = controls[0]?.address ?? '';
  const portsOf = (kind: Reply['kind']): string =>
    andList(controls.flatMap(({ port, reply }) => (reply.kind === kind ? port : [])));
  const accepted = portsOf('accepted');
  if (accepted !== '') {
    const whose = isDocumentation(address) ? 'where no machine is' : 'and if no machine is there';
    return {
      name: NAME,
      ok: false,
      lines: [
        `${address} accepts on TCP ${accepted}, ${whose}: a proxy here or on the way fakes open ports`,
        'exempt this machine from it, or check from another network; until then open proves nothing',
      ],
    };
  }
  const notAsked = controls.flatMap(({ reply }) => (reply.kind === 'unknown' ? reply.fault.text : []))[0];
  if (notAsked !== undefined)
    return {
      name: NAME,
      ok: false,
      lines: [
        `${address} could not be asked: ${notAsked}`,
        'name an address without a machine that this network has a route to: --control ADDRESS',
      ],
    };
  const refused = portsOf('refused');
  return {
    name: NAME,
    ok: true,
    lines: [
      refused === ''
        ? `${address} accepts nothing on TCP ${andList(PORTS)}: no proxy accepts in its place`
        : `${address} refuses TCP ${refused}: a filter on the way resets there, but no proxy accepts in its place`,
    ],
  };
};

/**
 * Whether open ports can be believed on this machine: asks closed ports of loopback and, where an address was named that no machine
 * should have, the ports of an offer there. Closes the wire.
 */
export const examineControls = async (
  wire: Wire,
  named: { readonly address: string; readonly family: Family } | null,
): Promise<MachineFinding[]> => {
  const { signal } = new AbortController();
  try {
    const here = loopbackFinding(await askLoopback(wire, signal), named === null);
    if (!named) return [here];
    const asked = PORTS.map((port) => ({ address: named.address, family: named.family, port }));
    return [here, elsewhereFinding(await askAll(wire, asked, signal))];
  } finally {
    await wire.close();
  }
};
