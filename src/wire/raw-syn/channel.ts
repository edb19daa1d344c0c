import type { Family } from '../../model/target.ts';
import type { Libc } from '../linux/libc.ts';
import type { LocalPorts } from './filter.ts';
import { Inbox } from './inbox.ts';
import { Outbox, type Sending } from './outbox.ts';
import { emptySeen, type Seen } from './seen.ts';
import type { Syn } from './syn.ts';

/** How much may wait in the kernel, bytes. */
export interface ChannelSizes {
  readonly receiveBytes: number;
  readonly sendBytes: number;
}

export const CHANNEL_SIZES: ChannelSizes = { receiveBytes: 32 << 20, sendBytes: 8 << 20 };

interface Lane<T extends Syn> {
  readonly outbox: Outbox<T>;
  readonly inboxes: readonly Inbox[];
}

/**
 * Everything that one run sends and listens with: for each family that is used a socket to send by, one for answers and one for
 * ICMP errors.
 */
export class Channel<T extends Syn> {
  /** Written over with every answer that is shown. */
  readonly seen: Seen = emptySeen();
  readonly #libc: Libc;
  readonly #sending: Sending<T>;
  readonly #sizes: ChannelSizes;
  readonly #ports: LocalPorts;
  readonly #lanes: Lane<T>[] = [];
  #lane4: Lane<T> | null = null;
  #lane6: Lane<T> | null = null;

  /** `ports`: the local ports that answers come to. */
  constructor(libc: Libc, ports: LocalPorts, sending: Sending<T>, sizes: ChannelSizes = CHANNEL_SIZES) {
    this.#ports = ports;
    this.#libc = libc;
    this.#sending = sending;
    this.#sizes = sizes;
  }

  /** Opens what a family needs, before its first SYN. Throws an `Errno`, with nothing left open. */
  open(family: Family): void {
    if ((family === 4 ? this.#lane4 : this.#lane6) !== null) return;
    const { receiveBytes, sendBytes } = this.#sizes;
    const inboxes: Inbox[] = [];
    try {
      for (const kind of ['tcp', 'icmp'] as const) {
        inboxes.push(new Inbox(this.#libc, family, kind, this.#ports, receiveBytes));
      }
      const lane = { outbox: new Outbox<T>(this.#libc, family, sendBytes), inboxes };
      this.#lanes.push(lane);
      if (family === 4) this.#lane4 = lane;
      else this.#lane6 = lane;
    } catch (error) {
      for (const inbox of inboxes) inbox.close();
      throw error;
    }
  }

  /** Packets sent in all. */
  get sent(): number {
    return this.#lanes.reduce((sum, { outbox }) => sum + outbox.sent, 0);
  }

  /**
   * Puts a SYN into its batch, and sends the batch when it is full. False when the kernel has no room for all of it: then
   * nothing may be sent until `flush` has said true.
   */
  send(syn: T): boolean {
    const outbox = (syn.to.family === 4 ? this.#lane4 : this.#lane6)?.outbox;
    if (!outbox) throw new Error(`no socket is open for IPv${syn.to.family}`);
    outbox.add(syn);
    return !outbox.isFull || outbox.flush(this.#sending);
  }

  /** Sends what waits in batches. False when the kernel has no room for all of it: flush again later. */
  flush(): boolean {
    let isAll = true;
    for (const { outbox } of this.#lanes) {
      if (!outbox.isEmpty && !outbox.flush(this.#sending)) isAll = false;
    }
    return isAll;
  }

  /** Reads a batch of what came to each socket and shows each answer in `seen`. True when nothing is left. */
  drain(onSeen: () => void): boolean {
    let isAll = true;
    for (const { inboxes } of this.#lanes) {
      for (const inbox of inboxes) if (!inbox.drain(this.seen, onSeen)) isAll = false;
    }
    return isAll;
  }

  /** Answers that were lost in all because nobody read them in time. */
  lost(): number {
    let lost = 0;
    for (const { inboxes } of this.#lanes) for (const inbox of inboxes) lost += inbox.lost();
    return lost;
  }

  close(): void {
    for (const { outbox, inboxes } of this.#lanes) {
      outbox.close();
      for (const inbox of inboxes) inbox.close();
    }
  }
}
