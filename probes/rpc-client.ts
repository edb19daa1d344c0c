import type { Speech } from '../src/model/evidence.ts';
import type { Conversation, Talk, TalkLimits } from '../src/model/wire.ts';
import {
  bindPdu,
  HEADER_SIZE,
  nakName,
  type PduHeader,
  type RpcInterface,
  readBindAck,
  readBindNak,
  readFault,
  readHeader,
  readResponseStub,
  rejectionName,
  requestPdu,
  statusName,
} from './codec/pdu.ts';
import { CodecError, concat } from './codec/reader.ts';
import { mishear, type Protocol, troubleWords } from './hearing.ts';

const RPC: Protocol = { name: 'DCE/RPC', starts: [5, 0] };

/** Fragments of one answer; those without content would never fill it. */
const MOST_FRAGMENTS = 1024;
/** Bytes of one answer. A page of 500 entries with long pipe names and annotations has about 150 KB. */
const MOST_STUB = 512 << 10;

/** How the server took our bind. */
export type Bound = { readonly kind: 'bound' } | { readonly kind: 'refused'; readonly why: string };

/** An answer to a call: the joined stub, or the fault's status. */
export type Called =
  | { readonly kind: 'answered'; readonly stub: Uint8Array; readonly little: boolean }
  | { readonly kind: 'fault'; readonly status: number; readonly why: string };

/** One DCE/RPC association over a conversation. Throws CodecError and ConversationError. */
export class RpcClient {
  readonly #io: Conversation;
  #callId = 0;
  /** Bytes of the first answer, to tell what it was when it was no RPC. */
  #heard = new Uint8Array();

  constructor(io: Conversation) {
    this.#io = io;
  }

  get heard(): Uint8Array {
    return this.#heard;
  }

  async bind(to: RpcInterface): Promise<Bound> {
    await this.#io.send(bindPdu(++this.#callId, to));
    const { header, body } = await this.#receive();
    if (header.type === 'bind-nak') {
      return { kind: 'refused', why: `the bind is refused, ${nakName(readBindNak(body, header.little))}` };
    }
    if (header.type === 'fault') return { kind: 'refused', why: statusName(readFault(body, header.little)) };
    if (header.type !== 'bind-ack') throw new CodecError(`${header.type} in answer to a bind`, 2);
    const ack = readBindAck(body, header.little);
    return ack.accepted
      ? { kind: 'bound' }
      : { kind: 'refused', why: `the interface is refused, ${rejectionName(ack.reason)}` };
  }

  async call(operation: number, stub: Uint8Array): Promise<Called> {
    const callId = ++this.#callId;
    await this.#io.send(requestPdu(callId, operation, stub));
    const parts: Uint8Array[] = [];
    let size = 0;
    for (let fragment = 0; fragment < MOST_FRAGMENTS; fragment++) {
      const { header, body } = await this.#receive();
      if (header.callId !== callId)
        throw new CodecError(`answer to call ${header.callId} instead of ${callId}`, 12);
      if (header.type === 'fault') {
        const status = readFault(body, header.little);
        return { kind: 'fault', status, why: statusName(status) };
      }
      if (header.type !== 'response') throw new CodecError(`${header.type} in answer to a request`, 2);
      if (header.first !== (fragment === 0)) throw new CodecError('fragments out of order', 3);
      const part = readResponseStub(body, header.authLength);
      size += part.length;
      if (size > MOST_STUB) throw new CodecError(`more than ${MOST_STUB} bytes in one answer`, 0);
      parts.push(part);
      if (header.last) return { kind: 'answered', stub: concat(parts), little: header.little };
    }
    throw new CodecError(`more than ${MOST_FRAGMENTS} fragments`, 0);
  }

  async #receive(): Promise<{ header: PduHeader; body: Uint8Array }> {
    const start = await this.#io.read(HEADER_SIZE);
    if (this.#heard.length === 0) this.#heard = Uint8Array.from(start);
    const header = readHeader(start);
    return { header, body: await this.#io.read(header.length - HEADER_SIZE) };
  }
}

/** What came of a talk in DCE/RPC: how far it spoke, one line about it, and what `work` learnt by then. */
export interface RpcTalk {
  readonly talk: Talk;
  readonly outcome: () => { readonly speech: Speech; readonly detail: string };
}

/**
 * A talk that binds to an interface and, when the bind is accepted, does its work. The outcome stands once the bind is
 * answered; what the work meets after that goes to `onTrouble` as half a sentence.
 */
export const rpcTalk = (
  to: RpcInterface,
  limits: TalkLimits,
  work: (client: RpcClient) => Promise<void>,
  onTrouble: (why: string) => void,
): RpcTalk => {
  let outcome: { speech: Speech; detail: string } = { speech: 'hung-up', detail: 'was never spoken to' };
  const hold = async (io: Conversation): Promise<void> => {
    const client = new RpcClient(io);
    let bound: Bound;
    try {
      bound = await client.bind(to);
    } catch (error) {
      outcome = mishear(error, client.heard, RPC);
      return;
    }
    outcome =
      bound.kind === 'bound'
        ? { speech: 'spoke', detail: 'answers DCE/RPC' }
        : { speech: 'refused', detail: `answers DCE/RPC: ${bound.why}` };
    if (bound.kind === 'refused') return;
    try {
      await work(client);
    } catch (error) {
      onTrouble(troubleWords(error));
    }
  };
  return { talk: { limits, hold }, outcome: () => outcome };
};
