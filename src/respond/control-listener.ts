import { setTimeout as pause } from 'node:timers/promises';
import type { Conversation } from '../model/wire.ts';
import type { ResponderCode } from '../responder-protocol/code.ts';
import type { ControlReport } from '../responder-protocol/control.ts';
import { type Keys, keysOf } from '../responder-protocol/keys.ts';
import { portsIn, portsOf } from '../responder-protocol/responder-ports.ts';
import { UNPROVEN_MS } from './answer-port.ts';
import { receiveReports } from './control-connection.ts';
import { Nonces } from './nonces.ts';
import type { Admitted } from './responder.ts';

/** Connections at a time; one is enough, and others may try. */
const MOST_OPEN = 8;
/** Reports that must come after a moment, until one of them was made after it for certain. */
const ENOUGH_REPORTS = 3;
/** Reports come twice a second, on a slow machine more seldom. */
const REPORT_WAIT_MS = 6000;

/** What the novice's side reported: ports on which it listens, at which something arrived, and a challenge with the key. */
export interface NoviceReport {
  readonly listening: readonly number[];
  readonly arrived: readonly number[];
  readonly challenged: readonly number[];
  /** Others connect as well: some of that may be theirs. */
  readonly isShared: boolean;
}

/** The expert's end of control connections: who shows the key, and what it reports. */
export class ControlListener {
  readonly #keys: Keys;
  readonly #draw: readonly number[];
  readonly #signal: AbortSignal;
  readonly #nonces = new Nonces();
  #current = new AbortController();
  readonly #waiting = new Set<(report: ControlReport) => void>();
  /** Connections that have a place, the oldest first, and those of them that have not shown the key. */
  readonly #open = new Set<AbortController>();
  readonly #unproven = new Set<AbortController>();
  #sessions = 0;
  /** Connections that showed the key, ever, and how many they were when `count` was called. */
  #begun = 0;
  #counted = 0;
  /** Resolves when the novice's side has shown the key, after `renew` when it has done so again. */
  contact: Promise<void>;
  #onContact: () => void = () => {};

  constructor(code: ResponderCode, signal: AbortSignal) {
    this.#keys = keysOf(code.secret);
    this.#draw = portsOf(code);
    this.#signal = signal;
    this.contact = this.#awaited();
  }

  #awaited(): Promise<void> {
    return new Promise((resolve) => {
      this.#onContact = resolve;
    });
  }

  /**
   * Ends the control connections that there are: the novice's side dials again, and counts what arrives from there on. Gives whether there
   * was one to end.
   */
  renew(): boolean {
    if (this.#sessions === 0) return false;
    this.contact = this.#awaited();
    this.#current.abort();
    this.#current = new AbortController();
    return true;
  }

  /** What is sent from here on is counted. The novice's side forgets what arrived when it dials again. */
  count(): void {
    this.#counted = this.#begun;
  }

  /** Whether there is room for one more: who connects and shows no key makes it, so that others cannot keep the novice's side out. */
  #hasRoom(): boolean {
    if (this.#open.size < MOST_OPEN) return true;
    const [oldest] = this.#unproven;
    if (!oldest) return false;
    oldest.abort();
    this.#leave(oldest);
    return true;
  }

  #leave(one: AbortController): void {
    this.#open.delete(one);
    this.#unproven.delete(one);
  }

  /** What becomes of a connection that came in; null when there are too many that showed the key. */
  receive(): Admitted | null {
    if (!this.#hasRoom()) return null;
    let isProven = false;
    const unproven = new AbortController();
    this.#open.add(unproven);
    this.#unproven.add(unproven);
    const timer = setTimeout(() => unproven.abort(), UNPROVEN_MS);
    const begin = (): void => {
      clearTimeout(timer);
      this.#unproven.delete(unproven);
      isProven = true;
      this.#sessions++;
      this.#begun++;
      this.#onContact();
    };
    const onReport = (report: ControlReport): void => {
      for (const notice of this.#waiting) notice(report);
    };
    return {
      signal: AbortSignal.any([this.#signal, this.#current.signal, unproven.signal]),
      exchange: (io: Conversation) =>
        receiveReports(io, this.#keys, { nonces: this.#nonces, begin, onReport }),
      ended: () => {
        clearTimeout(timer);
        this.#leave(unproven);
        if (isProven) this.#sessions--;
      },
    };
  }

  get #hasLasted(): boolean {
    return this.#sessions > 0 && this.#begun === this.#counted;
  }

  /**
   * What is known there of all that was sent since `count`; null when there is no connection, it says nothing, or it has not lasted since
   * then.
   */
  async noviceReport(): Promise<NoviceReport | null> {
    if (!this.#hasLasted) return null;
    let count = 0;
    let notice: (report: ControlReport) => void = () => {};
    const reported = new Promise<ControlReport>((resolve) => {
      notice = (report) => {
        if (++count >= ENOUGH_REPORTS) resolve(report);
      };
    });
    this.#waiting.add(notice);
    const late = new AbortController();
    try {
      const none = pause(REPORT_WAIT_MS, null, { signal: late.signal }).catch(() => null);
      const report = await Promise.race([reported, none]);
      if (report === null || !this.#hasLasted) return null;
      const ports = (set: Uint8Array): number[] => portsIn(this.#draw, set);
      return {
        listening: ports(report.listening),
        arrived: ports(report.arrived),
        challenged: ports(report.challenged),
        isShared: report.isShared,
      };
    } finally {
      late.abort();
      this.#waiting.delete(notice);
    }
  }
}
