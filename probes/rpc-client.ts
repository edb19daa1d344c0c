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
import { isSilence, type Protocol, troubleWords, unexpectedReply } from './unexpected-reply.ts';

const RPC: Protocol = { name: 'DCE/RPC', starts: [5, 0] };

/** Fragments of one answer; those without content would never fill it. */
const MOST_FRAGMENTS = 1024;
/** Bytes of one answer. A page of 500 entries with long pipe names and annotations has about 150 KB. */
const MOST_STUB = 256 << 10;

/** Every association begins with its first call. */
const FIRST_CALL = 1;
/** The first words to an interface, which are always the same: built once, since an audit says them thousands of times. */
const binds = new Map<RpcInterface, Uint8Array>();

const bindTo = (to: RpcInterface): Uint8Array => {
  const known = binds.get(to) ?? bindPdu(FIRST_CALL, to);
  binds.set(to, known);
  return known;
};

/** How the server took our bind. */
export type Bound = { readonly kind: 'bound' } | { readonly kind: 'refused'; readonly why: string };

/** An answer to a call: the joined stub, or the fault's status. */
export type Called =
  | { readonly kind: 'answered'; readonly stub: Uint8Array; readonly little: boolean }
  | { readonly kind: 'fault'; readonly status: number; readonly why: string };

/** One DCE/RPC association over a conversation. Throws CodecError and ConversationError. */
export class RpcClient {
  readonly #io: Conversation;
  #callId = FIRST_CALL;
  /** Bytes of the first answer, to tell what it was when it was no RPC. */
  #received = new Uint8Array();

  constructor(io: Conversation) {
    this.#io = io;
  }

  get received(): Uint8Array {
    return this.#received;
  }

  async bind(to: RpcInterface): Promise<Bound> {
    await this.#io.send(bindTo(to));
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
    if (this.#received.length === 0) this.#received = Uint8Array.from(start);
    const header = readHeader(start);
    return { header, body: await this.#io.read(header.length - HEADER_SIZE) };
  }
}

/** How far a talk in DCE/RPC spoke, and one line about it. */
export interface RpcResult {
  readonly speech: Speech;
  readonly detail: string;
}

const UNSPOKEN: RpcResult = { speech: 'hung-up', detail: 'was not tested' };
const BOUND: RpcResult = { speech: 'spoke', detail: 'answers DCE/RPC' };

/** What is done with an accepted bind. */
export interface RpcWork {
  /** May throw what the client throws. */
  work(client: RpcClient): Promise<void>;
  /** Told what the work met, as half a sentence, and whether that was silence in the middle of it. */
  onTrouble(why: string, isStalled: boolean): void;
}

/**
 * A talk that binds to an interface and, when the bind is accepted, does its work. The result stands once the bind is
 * answered. Made for every port that is dialled, most of which nobody accepts, so all else waits for the accept.
 */
export class RpcTalk implements Talk {
  readonly limits: TalkLimits;
  readonly #to: RpcInterface;
  readonly #work: RpcWork | null;
  #result = UNSPOKEN;

  constructor(to: RpcInterface, limits: TalkLimits, work: RpcWork | null = null) {
    this.#to = to;
    this.limits = limits;
    this.#work = work;
  }

  get result(): RpcResult {
    return this.#result;
  }

  async exchange(io: Conversation): Promise<void> {
    const client = new RpcClient(io);
    let bound: Bound;
    try {
      bound = await client.bind(this.#to);
    } catch (error) {
      this.#result = unexpectedReply(error, client.received, RPC);
      return;
    }
    if (bound.kind === 'refused') {
      this.#result = { speech: 'refused', detail: `answers DCE/RPC: ${bound.why}` };
      return;
    }
    this.#result = BOUND;
    try {
      await this.#work?.work(client);
    } catch (error) {
      this.#work?.onTrouble(troubleWords(error), isSilence(error));
    }
  }
}
