import type { Reply } from '../model/reply.ts';

/** The fault of every wire when its signal is aborted. */
export const ABORTED: Reply = { kind: 'unknown', fault: { kind: 'aborted', code: 'ABORT', text: 'stopped' } };

/** A connect to this machine's own ephemeral range that was connected to itself (nmap guards against it too). */
export const SELF_CONNECT: Reply = {
  kind: 'unknown',
  fault: {
    kind: 'self-connect',
    code: 'SELF',
    text: 'the kernel picked the asked port as its own and connected to itself',
  },
};
