/** What systems set as the TTL of a new packet; the next one above what arrives tells how many hops it passed. */
export const INITIAL_TTLS = [64, 128, 255] as const;

const initialOf = (ttl: number): number => INITIAL_TTLS.find((initial) => initial >= ttl) ?? 255;

/** Hops that a packet has passed which arrives with this TTL. */
export const hopsPassed = (ttl: number): number => initialOf(ttl) - ttl;
