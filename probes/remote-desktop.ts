import type { RemoteDesktopFinding } from '../src/model/evidence.ts';
import type { Probe } from '../src/model/probe.ts';
import type { Conversation, Talk, TalkLimits } from '../src/model/wire.ts';
import {
  connectionRequest,
  failureName,
  type Negotiation,
  protocolName,
  readConfirm,
  readTpkt,
  SHORTEST_CONFIRM,
} from './codec/rdp.ts';
import { concat } from './codec/reader.ts';
import { type Protocol, unexpectedReply } from './unexpected-reply.ts';

const RDP: Protocol = { name: 'Remote Desktop', starts: [3, 0] };

const REQUEST = connectionRequest();

/** One small question and one small answer; a server that starts its service on demand gets four seconds. */
export const DESKTOP_LIMITS: TalkLimits = { totalMs: 5000, idleMs: 4000, maxBytes: 4096 };

type TalkResult = Pick<RemoteDesktopFinding, 'speech' | 'negotiated'> & { readonly detail: string };

const describe = (negotiation: Negotiation): TalkResult => {
  switch (negotiation.kind) {
    case 'none':
      return {
        speech: 'spoke',
        negotiated: false,
        detail: 'speaks Remote Desktop without negotiation, as XP and Server 2003 without a service pack do',
      };
    case 'malformed':
      return {
        speech: 'spoke',
        negotiated: true,
        detail: 'speaks Remote Desktop with a negotiation that cannot be read',
      };
    case 'selected':
      return {
        speech: 'spoke',
        negotiated: true,
        detail: `speaks Remote Desktop with ${protocolName(negotiation.protocol)}`,
      };
    case 'failure':
      return {
        speech: 'spoke',
        negotiated: true,
        detail: `speaks Remote Desktop: ${failureName(negotiation.code)}`,
      };
  }
};

const converse = async (io: Conversation): Promise<TalkResult> => {
  let received: Uint8Array = new Uint8Array();
  try {
    await io.send(REQUEST);
    received = await io.read(SHORTEST_CONFIRM);
    const rest = await io.read(readTpkt(received) - received.length);
    return describe(readConfirm(concat([received, rest])));
  } catch (error) {
    return { negotiated: false, ...unexpectedReply(error, received, RDP) };
  }
};

/** TCP 3389, the session of XP and Server 2003 novices (MS-RAI, connection string 1). Says nothing of any user. */
export const remoteDesktop: Probe = {
  name: 'remote-desktop',
  ports: () => [{ port: 3389, why: 'required' }],
  observe: async (endpoint, dial) => {
    let result: TalkResult = { speech: 'hung-up', negotiated: false, detail: 'was not tested' };
    const talk: Talk = {
      limits: DESKTOP_LIMITS,
      exchange: async (io) => {
        result = await converse(io);
      },
    };
    const dialled = await dial(endpoint, talk);
    if (dialled.reply.kind !== 'accepted') return dialled;
    const { speech, negotiated, detail } = result;
    return {
      ...dialled,
      ...(speech === 'spoke' ? { service: 'ms-wbt-server' } : {}),
      detail,
      finding: { kind: 'remote-desktop', speech, negotiated },
    };
  },
};
