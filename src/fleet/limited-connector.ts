import type { StandaloneConnector } from 'ioredis/built/connectors/index.js';
import { ReplyLimits } from './reply-limits.ts';

/** The code of an error that ends a connection to a store for what it sends. */
export const BEYOND_LIMITS = 'EREPLY';

type Base = typeof StandaloneConnector;
type Stream = Awaited<ReturnType<StandaloneConnector['connect']>>;

/** Ends the connection before its client sees what is beyond the limits, or when a reply takes longer than `replyMs` from its first byte. */
const limit = (stream: Stream, replyMs: number): void => {
  const limits = new ReplyLimits();
  const end = (what: string): void => {
    stream.destroy(Object.assign(new Error(`it sends ${what}`), { code: BEYOND_LIMITS }));
  };
  let late: NodeJS.Timeout | undefined;
  let before = 0;
  const push = stream.push.bind(stream);
  // All that arrives passes here, before anybody who listens for it.
  stream.push = (chunk: Buffer | null, ...more) => {
    if (chunk === null) return push(chunk, ...more);
    const fault = limits.take(chunk);
    if (fault !== null) {
      end(fault);
      return false;
    }
    if (!limits.isWithin || limits.replies !== before) {
      clearTimeout(late);
      late = undefined;
    }
    if (limits.isWithin) late ??= setTimeout(end, replyMs, `a reply for more than ${replyMs / 1000} s`);
    before = limits.replies;
    return push(chunk, ...more);
  };
  stream.on('close', () => clearTimeout(late));
};

/**
 * How the client is to connect, with limits on what it is sent; also those that the queue engine makes of it. `Connector` is ioredis's
 * own; `replyMs`: how long a reply may take from its first byte, milliseconds.
 */
export const limitedConnector = (Connector: Base, replyMs: number) =>
  class extends Connector {
    // The client declares what it gives as unknown.
    constructor(options: unknown) {
      super(options as ConstructorParameters<Base>[0]);
    }

    override async connect(...args: Parameters<StandaloneConnector['connect']>): Promise<Stream> {
      const stream = await super.connect(...args);
      limit(stream, replyMs);
      return stream;
    }
  };
