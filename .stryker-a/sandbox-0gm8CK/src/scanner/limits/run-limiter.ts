import type { RateControl } from './rate-control.ts';
import { RateLimiter } from './rate-limiter.ts';

/** Share of a second's packets that may leave at once: what more than that brings down is a listener that many hosts share. */
const BURST_SHARE = 0.02;

/**
 * The limiter of all packets of a run, packets a second. Scans of one process that are given the same one keep the rate together:
 * what one leaves, the others may use.
 */
export const runLimiter = (perSecond: number, control: RateControl): RateLimiter =>
  new RateLimiter(perSecond, Math.max(1, perSecond * BURST_SHARE), control);
