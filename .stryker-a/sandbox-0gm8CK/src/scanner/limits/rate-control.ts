import type { RunControl } from '../../model/run-control.ts';

/** Slowest and fastest that a run may be set to, packets a second. */
const SLOWEST = 1;
const FASTEST = 1_000_000;

/** Rate and pause of one run: all its limiters follow `scale`, and no probe leaves while it is paused. */
export class RateControl implements RunControl {
  readonly #planned: number;
  #rate: number;
  #paused = false;
  #sent = 0;
  #onChange: () => void = () => {};

  /** `perSecond`: the rate over all hosts that the run starts with. */
  constructor(perSecond: number) {
    this.#planned = perSecond;
    this.#rate = perSecond;
  }

  get rate(): number {
    return this.#rate;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** The present rate as a multiple of the planned one, for the rates per host and per subnet. */
  get scale(): number {
    return this.#rate / this.#planned;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Counts packets that leave this machine. */
  countSent(packets = 1): void {
    this.#sent += packets;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#onChange();
  }

  setRate(perSecond: number): void {
    this.#rate = Math.max(SLOWEST, Math.min(FASTEST, perSecond));
    this.#onChange();
  }

  /** `onChange` is called when packets may leave that could not before. One caller at a time. */
  watch(onChange: () => void): void {
    this.#onChange = onChange;
  }
}
