import type { Answer, Question } from './elsewhere.ts';
import { lookUp } from './look-up.ts';

// A signal to the terminal's group or the service is for the parent, which ends this process in its own time.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

// An exit would wait for the look-ups under way; the parent is gone and nobody does.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

process.on('message', async ({ id, name }: Question) => {
  const answer: Answer = { id, found: await lookUp(name) };
  // The parent may be gone meanwhile, which `disconnect` deals with.
  process.send?.(answer, () => {});
});
