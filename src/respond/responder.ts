import { readIp } from '../ip/ip.ts';
import type { Conversation } from '../model/wire.ts';
import type { ResponderCode } from '../responder-protocol/code.ts';
import type { ControlReport } from '../responder-protocol/control.ts';
import { type Keys, keysOf } from '../responder-protocol/keys.ts';
import { portsOf, setBytes } from '../responder-protocol/responder-ports.ts';
import { Admission } from './admission.ts';
import { answerPort, type Caller, UNPROVEN_MS } from './answer-port.ts';
import type { KnownConnection } from './half-open.ts';
import { Nonces } from './nonces.ts';

/** A port that was opened, or why it was not. */
export type OpenResult = { readonly close: () => void } | { readonly code: string };

/** Opens a port. `admit` is asked of each connection before a byte of it is read; null closes it at once. */
export type OpenPort = (port: number, admit: (caller: Caller) => Admitted | null) => Promise<OpenResult>;

/** What becomes of one connection. It is closed when `exchange` is over, when `signal` aborts, and after the limits of a talk. */
export interface Admitted {
  readonly signal: AbortSignal;
  readonly exchange: (io: Conversation) => Promise<void>;
  /** The connection is gone. */
  readonly ended: () => void;
}

/** Ports that were opened, and those that were not, by the system's code. */
export interface OpenedPorts {
  readonly open: readonly number[];
  readonly failed: ReadonlyMap<number, string>;
}

/** The novice's end: the ports that a code names, and what arrives at them. Ends when `signal` aborts. */
export class Responder {
  readonly keys: Keys;
  readonly #draw: readonly number[];
  readonly #signal: AbortSignal;
  readonly #now: () => number;
  readonly #admission: Admission;
  readonly #nonces = new Nonces();
  readonly #open = new Map<number, () => void>();
  readonly #taken: number[] = [];
  readonly #arrived = new Set<number>();
  readonly #challenged = new Set<number>();
  /** By family the first address from which something arrived, and whether others came. */
  readonly #callers = new Map<number, string>();
  #isShared = false;
  /** Challenges with the key, in all. */
  proven = 0;
  /** Connections that were closed at once, since there were too many. */
  refused = 0;

  constructor(code: ResponderCode, signal: AbortSignal, now: () => number = () => performance.now()) {
    this.keys = keysOf(code.secret);
    this.#draw = portsOf(code);
    this.#signal = signal;
    this.#now = now;
    this.#admission = new Admission(now());
    signal.addEventListener('abort', () => this.#close(), { once: true });
  }

  /** Opens the ports of the code, one after the other; what another program has stays closed here, and both ends know. */
  async open(openPort: OpenPort): Promise<OpenedPorts> {
    const failed = new Map<number, string>();
    for (const port of this.#draw) {
      if (this.#signal.aborted) break;
      const opening = await openPort(port, (caller) => this.#admit(caller));
      if ('code' in opening) {
        failed.set(port, opening.code);
        if (opening.code === 'EADDRINUSE') this.#taken.push(port);
      } else if (this.#signal.aborted) opening.close();
      else this.#open.set(port, opening.close);
    }
    return { open: [...this.#open.keys()].sort((a, b) => a - b), failed };
  }

  /** A new control connection counts from here. */
  forget(): void {
    this.#arrived.clear();
    this.#challenged.clear();
    this.#callers.clear();
    this.#isShared = false;
  }

  /** Half-open connections of the kernel's table: on ports of ours a SYN arrived. */
  noteHalfOpen(known: Iterable<KnownConnection>): void {
    for (const { localPort, remoteAddress } of known)
      if (this.#open.has(localPort)) this.#noteArrival(localPort, remoteAddress);
  }

  /** One expert has one address of each family; what another sends says nothing of the path of this one. */
  #noteArrival(port: number, source: string): void {
    this.#arrived.add(port);
    const family = readIp(source)?.family ?? 0;
    const first = this.#callers.get(family) ?? source;
    this.#callers.set(family, first);
    if (first !== source) this.#isShared = true;
  }

  get report(): Omit<ControlReport, 'sequence'> {
    return {
      listening: setBytes(this.#draw, (port) => this.#open.has(port)),
      arrived: setBytes(this.#draw, (port) => this.#arrived.has(port)),
      challenged: setBytes(this.#draw, (port) => this.#challenged.has(port)),
      isShared: this.#isShared,
    };
  }

  #admit(caller: Caller): Admitted | null {
    this.#noteArrival(caller.port, caller.source.address);
    const leave = this.#admission.admit(caller.source.address, this.#now());
    if (leave === null || this.#signal.aborted) {
      this.refused++;
      leave?.();
      return null;
    }
    const unproven = new AbortController();
    const timer = setTimeout(() => unproven.abort(), UNPROVEN_MS);
    const signal = AbortSignal.any([this.#signal, unproven.signal]);
    const deps = {
      keys: this.keys,
      nonces: this.#nonces,
      listening: () => this.report.listening,
      isLimited: () => this.refused > 0,
      taken: () => this.#taken,
      onChallenge: ({ port }: Caller) => {
        clearTimeout(timer);
        this.proven++;
        this.#challenged.add(port);
      },
      signal,
    };
    const ended = (): void => {
      clearTimeout(timer);
      leave();
    };
    return { signal, exchange: (io) => answerPort(io, caller, deps), ended };
  }

  #close(): void {
    for (const close of this.#open.values()) close();
    this.#open.clear();
  }
}
