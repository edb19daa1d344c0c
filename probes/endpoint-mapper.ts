import type { EndpointMapperFinding, RpcEndpoint } from '../src/model/evidence.ts';
import type { Dial, Probe } from '../src/model/probe.ts';
import type { Endpoint } from '../src/model/target.ts';
import type { TalkLimits } from '../src/model/wire.ts';
import {
  EPM,
  EPT_LOOKUP,
  EPT_LOOKUP_HANDLE_FREE,
  EPT_S_NOT_REGISTERED,
  freeStub,
  type Handle,
  isNullHandle,
  lookupStub,
  type MapEntry,
  NULL_HANDLE,
  readLookup,
} from './codec/endpoint-map.ts';
import { OBJECT_EXPORTER, readServerAlive2, SERVER_ALIVE_2 } from './codec/object-exporter.ts';
import { type RpcClient, rpcTalk } from './rpc-client.ts';

/** A whole listing takes milliseconds on a LAN; a far and busy domain controller gets ten seconds and a megabyte. */
const LIMITS: TalkLimits = { totalMs: 10_000, idleMs: 3000, maxBytes: 1 << 20 };
/** Pages of 500 entries and entries in all; a domain controller lists a few hundred. */
const MOST_PAGES = 32;
const MOST_ENTRIES = 4096;

interface Listing {
  state: EndpointMapperFinding['listing'];
  readonly endpoints: RpcEndpoint[];
  trouble: string | null;
}

const tcpEndpoints = (entries: readonly MapEntry[]): RpcEndpoint[] =>
  entries.flatMap(({ tower, annotation }) =>
    tower?.tcpPort ? [{ port: tower.tcpPort, interface: tower.interface, annotation }] : [],
  );

/** Asks for page after page until the end of the list, or until a bound; then the server may forget its place. */
const list = async (client: RpcClient, listing: Listing): Promise<void> => {
  let handle: Handle = NULL_HANDLE;
  let entries = 0;
  for (let page = 0; page < MOST_PAGES && entries < MOST_ENTRIES; page++) {
    const called = await client.call(EPT_LOOKUP, lookupStub(handle));
    if (called.kind === 'fault') {
      listing.state = page === 0 ? 'refused' : 'cut';
      listing.trouble = called.why;
      return;
    }
    const found = readLookup(called.stub, called.little);
    // Entries count whatever the status is: Samba sends the last of them together with "no more elements".
    listing.endpoints.push(...tcpEndpoints(found.entries));
    entries += found.entries.length;
    handle = found.handle;
    listing.state = 'cut';
    if (found.status !== 0 && found.status !== EPT_S_NOT_REGISTERED) {
      listing.trouble = `the mapper ended with status 0x${found.status.toString(16)}`;
      if (page === 0 && entries === 0) listing.state = 'refused';
      return;
    }
    if (found.status === EPT_S_NOT_REGISTERED || isNullHandle(handle) || found.entries.length === 0) {
      listing.state = 'complete';
      break;
    }
  }
  if (!isNullHandle(handle)) await client.call(EPT_LOOKUP_HANDLE_FREE, freeStub(handle));
};

type Resolver = EndpointMapperFinding['resolver'];

/** IObjectExporter::ServerAlive2 on a connection of its own: is DCOM there, and which addresses does the host give out? */
const askResolver = async (endpoint: Endpoint, dial: Dial): Promise<Resolver> => {
  let resolver: Resolver = { kind: 'silent' };
  const { talk, outcome } = rpcTalk(OBJECT_EXPORTER, LIMITS, async (client, bound) => {
    if (bound.kind === 'refused') return;
    const called = await client.call(SERVER_ALIVE_2, new Uint8Array());
    if (called.kind === 'fault') {
      resolver = { kind: 'refused' };
      return;
    }
    const { version, addresses } = readServerAlive2(called.stub, called.little);
    resolver = { kind: 'answered', version, addresses };
  });
  const { reply } = await dial(endpoint, talk);
  if (reply.kind !== 'accepted') return { kind: 'silent' };
  return outcome().speech === 'refused' ? { kind: 'refused' } : resolver;
};

const resolverWords = (resolver: Resolver): string => {
  if (resolver.kind !== 'answered') return '';
  return `, DCOM ${resolver.version.major}.${resolver.version.minor}`;
};

const describe = (speechDetail: string, listing: Listing, resolver: Resolver): string => {
  if (listing.state === 'none') return speechDetail;
  if (listing.state === 'refused')
    return `answers DCE/RPC but lists nothing to strangers (${listing.trouble})`;
  const cut =
    listing.state === 'cut' ? `, list cut short${listing.trouble ? ` (${listing.trouble})` : ''}` : '';
  return `lists ${listing.endpoints.length} TCP endpoints${cut}${resolverWords(resolver)}`;
};

/** TCP 135, where every offer begins: DCOM activation goes through RPCSS (MS-DCOM 1.9). Asks as a stranger may. */
export const endpointMapper: Probe = {
  name: 'endpoint-mapper',
  title: 'RPC endpoint mapper',
  ports: () => [{ port: 135, why: 'required' }],
  observe: async (endpoint, dial) => {
    const listing: Listing = { state: 'none', endpoints: [], trouble: null };
    const { talk, outcome } = rpcTalk(
      EPM,
      LIMITS,
      async (client, bound) => {
        if (bound.kind === 'bound') await list(client, listing);
      },
      (detail) => {
        listing.state = 'cut';
        listing.trouble = detail;
      },
    );
    const dialled = await dial(endpoint, talk);
    if (dialled.reply.kind !== 'accepted') return dialled;
    const { speech, detail } = outcome();
    const isRpc = speech === 'spoke' || speech === 'refused';
    const resolver: Resolver = isRpc ? await askResolver(endpoint, dial) : { kind: 'not-asked' };
    return {
      ...dialled,
      ...(isRpc ? { service: 'epmap' } : {}),
      detail: describe(detail, listing, resolver),
      finding: {
        kind: 'endpoint-mapper',
        speech,
        listing: listing.state,
        endpoints: listing.endpoints,
        resolver,
      },
    };
  },
};
