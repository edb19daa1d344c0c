import type { EndpointMapperFinding } from '../src/model/evidence.ts';
import type { Dial } from '../src/model/probe.ts';
import type { Endpoint } from '../src/model/target.ts';
import type { TalkLimits } from '../src/model/wire.ts';
import { OBJECT_EXPORTER, readServerAlive2, SERVER_ALIVE_2 } from './codec/object-exporter.ts';
import { RpcTalk } from './rpc-client.ts';

/** One bind and one call. The answer is about 100 bytes for each address; its format allows no more than 128 KiB. */
export const RESOLVER_LIMITS: TalkLimits = { totalMs: 5000, idleMs: 3000, maxBytes: 192 << 10 };

type Resolver = EndpointMapperFinding['resolver'];

/** What the DCOM object resolver said, with half a sentence for the detail of the port. */
export interface Resolved {
  readonly resolver: Resolver;
  readonly words: string;
}

/**
 * IObjectExporter::ServerAlive2 (MS-DCOM 3.1.2.5.1.6), which every Windows answers to strangers: is DCOM there, and
 * which addresses does the host hand out? On a connection of its own, so that a mapper that hung up spoils nothing.
 */
export const askResolver = async (endpoint: Endpoint, dial: Dial): Promise<Resolved> => {
  let resolved: Resolved = { resolver: { kind: 'silent' }, words: 'no answer about DCOM' };
  const talk = new RpcTalk(OBJECT_EXPORTER, RESOLVER_LIMITS, {
    work: async (client) => {
      const called = await client.call(SERVER_ALIVE_2, new Uint8Array());
      const alive = called.kind === 'answered' ? readServerAlive2(called.stub, called.little) : null;
      resolved =
        alive?.status === 0
          ? {
              resolver: { kind: 'answered', version: alive.version, addresses: alive.addresses },
              words: `DCOM ${alive.version.major}.${alive.version.minor}`,
            }
          : { resolver: { kind: 'refused' }, words: 'DCOM refused' };
    },
    onTrouble: (why) => {
      resolved = { resolver: { kind: 'silent' }, words: `no answer about DCOM (${why})` };
    },
  });
  const { reply } = await dial(endpoint, talk);
  if (reply.kind === 'unknown') return { resolver: { kind: 'not-asked' }, words: 'DCOM not asked' };
  if (reply.kind !== 'accepted') return resolved;
  return talk.result.speech === 'refused'
    ? { resolver: { kind: 'refused' }, words: 'no DCOM resolver' }
    : resolved;
};
