import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dynamicRpc } from '../../probes/dynamic-rpc.ts';
import { MOST_ENDPOINTS } from '../../probes/endpoint-listing.ts';
import { endpointMapper } from '../../probes/endpoint-mapper.ts';
import { remoteDesktop } from '../../probes/remote-desktop.ts';
import type { Dial, Probe } from '../../src/model/probe.ts';
import { type ConversationEnd, ConversationError } from '../../src/model/wire.ts';
import { fixture, fixtureNames } from '../probes/fixtures.ts';
import * as server from '../probes/server-side.ts';
import { broken, CASES, PATIENCE_MS } from './campaign.ts';
import { damaged } from './mutate.ts';

const ENDS: readonly ConversationEnd[] = ['closed', 'reset', 'mute', 'too-slow', 'too-much'];

/** A dial whose nth connection says these bytes, whatever it is told, and then ends in this way. */
const saying = (streams: readonly Buffer[], end: ConversationEnd): Dial => {
  let connection = 0;
  return async (_, talk) => {
    const stream = streams[connection++ % streams.length] ?? Buffer.alloc(0);
    let at = 0;
    await talk?.exchange({
      send: async () => {},
      read: async (size) => {
        if (at + size > stream.length) throw new ConversationError(end, stream.subarray(at, at + 256));
        at += size;
        return stream.subarray(at - size, at);
      },
    });
    return { reply: { kind: 'accepted', rttMs: 1 }, attempts: 1 };
  };
};

const ALIVE = { major: 5, minor: 7, bindings: [{ tower: 7, address: '10.1.2.3' }] };
const streams = [
  ...fixtureNames.map((name) => Buffer.concat(fixture(name).heard)),
  Buffer.concat([server.bindAck(), server.response(server.serverAlive(ALIVE), { callId: 2 })]),
  Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
];

const ENDPOINT = { address: '192.0.2.1', family: 4, port: 50_000 } as const;
const SPEECHES = ['spoke', 'refused', 'foreign', 'mute', 'hung-up'];

const attack = async (probe: Probe, said: readonly Buffer[], end: ConversationEnd): Promise<string> => {
  try {
    const seen = await probe.observe(ENDPOINT, saying(said, end));
    const { finding, detail = '' } = seen;
    if (!finding || !SPEECHES.includes(finding.speech)) throw new Error(`finding ${JSON.stringify(finding)}`);
    if (!/^[ -~]{1,200}$/.test(detail)) throw new Error(`detail ${JSON.stringify(detail)}`);
    if (finding.kind === 'endpoint-mapper') {
      const { endpoints } = finding;
      if (endpoints.length > MOST_ENDPOINTS) throw new Error(`${endpoints.length} endpoints`);
      if (endpoints.some(({ port }) => port < 1 || port > 65_535)) throw new Error('a port that is none');
    }
    return finding.speech;
  } catch (error) {
    throw broken('conversation', Buffer.concat(said), error);
  }
};

describe.each([endpointMapper, dynamicRpc, remoteDesktop].map((probe) => [probe.name, probe] as const))(
  '%s',
  (_, probe) => {
    it(
      `has one clear line for every peer, in ${CASES} cases`,
      async () => {
        const speeches = new Set<string>();
        const stream = damaged(streams);
        await fc.assert(
          fc.asyncProperty(stream, stream, fc.constantFrom(...ENDS), async (first, second, end) => {
            speeches.add(await attack(probe, [first, second], end));
          }),
          { numRuns: CASES },
        );
        expect(speeches).toContain('spoke');
        expect(speeches).toContain('foreign');
        expect(speeches.size).toBeGreaterThan(2);
      },
      PATIENCE_MS,
    );
  },
);
