import type { Probe } from '../src/model/probe.ts';
import type { TalkLimits } from '../src/model/wire.ts';
import { EPM } from './codec/endpoint-map.ts';
import { Listing, listEndpoints } from './endpoint-listing.ts';
import { askResolver } from './object-resolver.ts';
import { RpcTalk } from './rpc-client.ts';

/** A whole listing takes milliseconds on a LAN; a far and busy domain controller gets ten seconds and a megabyte. */
export const MAPPER_LIMITS: TalkLimits = { totalMs: 10_000, idleMs: 3000, maxBytes: 1 << 20 };

/** Longest `detail` (model/report.ts), characters. Two answers may both be damaged, and each says how. */
const MOST_DETAIL = 200;

const bounded = (text: string): string =>
  text.length <= MOST_DETAIL ? text : `${text.slice(0, MOST_DETAIL - 3)}...`;

const listingWords = (listing: Listing): string => {
  const { state, trouble, endpoints } = listing;
  if (state === 'refused') return `does not list endpoints anonymously (${trouble})`;
  if (state === 'none') return `lists nothing (${trouble})`;
  const count = endpoints.length === 1 ? 'one TCP endpoint' : `${endpoints.length} TCP endpoints`;
  return `lists ${count}${trouble === null ? '' : `, cut short (${trouble})`}`;
};

/** TCP 135, where every offer begins: DCOM activation goes through RPCSS (MS-DCOM 1.9). Asks as a stranger may. */
export const endpointMapper: Probe = {
  name: 'endpoint-mapper',
  ports: () => [{ port: 135, why: 'required' }],
  observe: async (endpoint, dial) => {
    const listing = new Listing();
    const talk = new RpcTalk(EPM, MAPPER_LIMITS, {
      work: (client) => listEndpoints(client, listing),
      onTrouble: (why, isStalled) => {
        listing.fail(why);
        if (isStalled) listing.stall();
      },
    });
    const dialled = await dial(endpoint, talk);
    if (dialled.reply.kind !== 'accepted') return dialled;
    const { speech, detail } = talk.result;
    const common = {
      kind: 'endpoint-mapper',
      speech,
      listing: listing.state,
      endpoints: listing.endpoints,
      ...(listing.isStalled ? { stalled: true as const } : {}),
    } as const;
    if (speech !== 'spoke' && speech !== 'refused') {
      return { ...dialled, detail, finding: { ...common, resolver: { kind: 'not-asked' } } };
    }
    const { resolver, words } = await askResolver(endpoint, dial);
    return {
      ...dialled,
      service: speech === 'spoke' ? 'epmap' : 'msrpc',
      detail: bounded(`${speech === 'spoke' ? listingWords(listing) : detail}; ${words}`),
      finding: { ...common, resolver },
    };
  },
};
