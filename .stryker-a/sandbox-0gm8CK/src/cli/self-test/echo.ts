import type { Family } from '../../model/target.ts';
import type { Pinger } from '../../model/wire.ts';
import { latencyWords } from '../../text/duration.ts';
import type { Step } from './step.ts';

/** One ICMP echo. Where none can be sent it is absent: nothing else depends on it. */
export const echoStep = async (
  pinger: Pinger,
  address: string,
  family: Family,
  signal: AbortSignal,
): Promise<Step> => {
  const name = `IPv${family} echo`;
  const echo = await pinger.echo(address, family, { signal, timeoutMs: 1000 });
  switch (echo.kind) {
    case 'reply':
      return { name, state: 'ok', said: `reply after ${latencyWords(echo.rttMs)}` };
    case 'no-reply':
      return { name, state: 'failed', said: `no reply for ${latencyWords(echo.waitedMs)}` };
    case 'unreachable':
      return { name, state: 'failed', said: `unreachable, says ${echo.from}` };
    case 'not-observed':
      return { name, state: 'absent', said: echo.why };
  }
};
