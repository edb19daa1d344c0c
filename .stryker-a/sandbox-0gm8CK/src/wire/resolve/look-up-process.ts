import { lookUp } from './look-up.ts';
import type { LookUpRequest, LookUpResponse } from './look-up-pool.ts';

// A signal to the terminal's group or the service is for the parent, which ends this process in its own time.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

// An exit would wait for the look-ups under way; the parent is gone and nobody does.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

process.on('message', async ({ id, name }: LookUpRequest) => {
  const answer: LookUpResponse = { id, found: await lookUp(name) };
  // The parent may be gone meanwhile, which `disconnect` deals with.
  process.send?.(answer, () => {});
});
