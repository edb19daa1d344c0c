import { dynamicRpc } from '../../probes/dynamic-rpc.ts';
import { remoteDesktop } from '../../probes/remote-desktop.ts';
import type { Dial } from '../../src/model/probe.ts';
import { askOne } from '../../test/contract/ask.ts';
import { wireOf } from './contenders.ts';

/** What a peer does once it is connected to, by the name that talkers.mjs gives it. */
export type Meets = 'hangsUp' | 'naks' | 'confirms' | 'mute';

/** Conversations with one kind of peer. */
export interface TalkJob {
  readonly wire: 'linux' | 'node';
  readonly meets: Meets;
  readonly port: number;
  readonly talks: number;
  readonly inFlight: number;
}

export interface TalkFigures {
  readonly cpuUs: number;
  readonly rssMb: number;
}

const EXPECTED: Readonly<Record<Meets, string>> = {
  hangsUp: 'hung-up',
  naks: 'refused',
  confirms: 'spoke',
  mute: 'mute',
};

/** Holds the conversations in this process, through the probe that would hold them; throws when one reads something else. */
export const oneTalkRun = async ({
  wire: name,
  meets,
  port,
  talks,
  inFlight,
}: TalkJob): Promise<TalkFigures> => {
  const wire = await wireOf(name);
  const { signal } = new AbortController();
  const probe = meets === 'confirms' ? remoteDesktop : dynamicRpc;
  const dial: Dial = async (endpoint, talk) => ({
    reply: await askOne(wire, endpoint, { signal, timeoutMs: 5000, ...(talk ? { talk } : {}) }),
    attempts: 1,
  });
  const run = async (count: number): Promise<void> => {
    let left = count;
    const one = async (): Promise<void> => {
      while (left-- > 0) {
        const { finding, detail } = await probe.observe({ address: '127.0.0.1', family: 4, port }, dial);
        const speech = finding && 'speech' in finding ? finding.speech : 'nothing';
        if (speech !== EXPECTED[meets])
          throw new Error(`${name} read ${speech} of one that ${meets}: ${detail}`);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, one));
  };
  // The compiler warms up on conversations that do not count.
  await run(Math.min(3000, talks));
  const cpu = process.cpuUsage();
  await run(talks);
  const { user, system } = process.cpuUsage(cpu);
  await wire.close();
  return { cpuUs: (user + system) / talks, rssMb: process.memoryUsage().rss / 2 ** 20 };
};
