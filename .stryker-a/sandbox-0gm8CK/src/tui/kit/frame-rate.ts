/** A person sees no difference between ten frames a second and more. Milliseconds. */
export const FRAME_MS = 100;
/**
 * A frame is followed by so many times its own cost of rest: drawing holds up the event loop (5 ms at 80x24 to 30 ms at
 * 200x60), and with it the answers whose time is being taken.
 */
const REST = 9;

/** Never longer than this, even where a busy machine made one frame long. Milliseconds. */
const MOST_REST_MS = 500;

/** How long after a frame that took `costMs` the next may come, milliseconds. */
export const restAfter = (costMs: number): number =>
  Math.min(MOST_REST_MS, Math.max(FRAME_MS, REST * costMs));
