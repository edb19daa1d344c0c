import type { Reply } from '../model/reply.ts';

/** What every wire says when its signal is aborted. */
export const ABORTED: Reply = { kind: 'unknown', fault: { kind: 'aborted', code: 'ABORT', text: 'stopped' } };

/** A connect to this machine's own ephemeral range that met itself (nmap guards against it too). */
export const SELF_CONNECT: Reply = {
  kind: 'unknown',
  fault: {
    kind: 'self-connect',
    code: 'SELF',
    text: 'the kernel picked the asked port as its own and connected to itself',
  },
};
