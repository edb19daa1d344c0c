import type { Family } from '../../model/target.ts';
import type { Libc } from '../linux/libc.ts';
import type { LocalPorts } from './bpf-filter.ts';
import type { Syn } from './packet-build.ts';
import { emptyReply, type ParsedReply } from './packet-parse.ts';
import { Receiver } from './receive.ts';
import { type SendEvents, Sender } from './send.ts';

/** How much may wait in the kernel, bytes. */
export interface SocketBuffers {
  readonly receiveBytes: number;
  readonly sendBytes: number;
}

/** Buffers that hold the replies of some hundred milliseconds at 100,000 a second. */
export const SOCKET_BUFFERS: SocketBuffers = { receiveBytes: 32 << 20, sendBytes: 8 << 20 };

interface FamilySockets<T extends Syn> {
  readonly sender: Sender<T>;
  readonly receivers: readonly Receiver[];
}

/**
 * Everything that one run sends and listens with: for each family that is used a socket to send by, one for answers and one for
 * ICMP errors.
 */
export class RawSockets<T extends Syn> {
  /** Written over with every answer that is shown. */
  readonly parsed: ParsedReply = emptyReply();
  readonly #libc: Libc;
  readonly #sending: SendEvents<T>;
  readonly #sizes: SocketBuffers;
  readonly #ports: LocalPorts;
  readonly #families: FamilySockets<T>[] = [];
  #sockets4: FamilySockets<T> | null = null;
  #sockets6: FamilySockets<T> | null = null;

  /** `ports`: the local ports that answers come to. */
  constructor(libc: Libc, ports: LocalPorts, sending: SendEvents<T>, sizes: SocketBuffers = SOCKET_BUFFERS) {
    this.#ports = ports;
    this.#libc = libc;
    this.#sending = sending;
    this.#sizes = sizes;
  }

  /** Opens what a family needs, before its first SYN. Throws an `Errno`, with nothing left open. */
  open(family: Family): void {
    if ((family === 4 ? this.#sockets4 : this.#sockets6) !== null) return;
    const { receiveBytes, sendBytes } = this.#sizes;
    const receivers: Receiver[] = [];
    try {
      for (const kind of ['tcp', 'icmp'] as const) {
        receivers.push(new Receiver(this.#libc, family, kind, this.#ports, receiveBytes));
      }
      const sockets = { sender: new Sender<T>(this.#libc, family, sendBytes), receivers };
      this.#families.push(sockets);
      if (family === 4) this.#sockets4 = sockets;
      else this.#sockets6 = sockets;
    } catch (error) {
      for (const receiver of receivers) receiver.close();
      throw error;
    }
  }

  /** Packets sent in all. */
  get sent(): number {
    return this.#families.reduce((sum, { sender }) => sum + sender.sent, 0);
  }

  /**
   * Puts a SYN into its batch, and sends the batch when it is full. False when the kernel has no room for all of it: then
   * nothing may be sent until `flush` has returned true.
   */
  send(syn: T): boolean {
    const sender = (syn.to.family === 4 ? this.#sockets4 : this.#sockets6)?.sender;
    if (!sender) throw new Error(`no socket is open for IPv${syn.to.family}`);
    sender.add(syn);
    return !sender.isFull || sender.flush(this.#sending);
  }

  /** Sends what waits in batches. False when the kernel has no room for all of it: flush again later. */
  flush(): boolean {
    let isAll = true;
    for (const { sender } of this.#families) {
      if (!sender.isEmpty && !sender.flush(this.#sending)) isAll = false;
    }
    return isAll;
  }

  /** Reads a batch of what came to each socket and shows each answer in `parsed`. True when nothing is left. */
  drain(onReply: () => void): boolean {
    let isAll = true;
    for (const { receivers } of this.#families) {
      for (const receiver of receivers) if (!receiver.drain(this.parsed, onReply)) isAll = false;
    }
    return isAll;
  }

  /** Answers that were lost in all because nobody read them in time. */
  lost(): number {
    let lost = 0;
    for (const { receivers } of this.#families) for (const receiver of receivers) lost += receiver.lost();
    return lost;
  }

  close(): void {
    for (const { sender, receivers } of this.#families) {
      sender.close();
      for (const receiver of receivers) receiver.close();
    }
  }
}
