import type { Reply } from '../../src/model/reply.ts';
import type { Endpoint } from '../../src/model/target.ts';
import type { Wire, WireProbe } from '../../src/model/wire.ts';

/** How to ask: what a probe has beside its endpoint, and what stops it. Two seconds of patience when nothing is said. */
export type AskOptions = Partial<Omit<WireProbe, keyof Endpoint>> & { readonly signal?: AbortSignal };

/** Fast enough for every test. */
const PER_SECOND = 100_000;

/** Asks all in one run; the replies in the order of the probes. */
export const askAll = async (
  wire: Pick<Wire, 'run'>,
  endpoints: readonly Endpoint[],
  { signal = new AbortController().signal, ...options }: AskOptions = {},
): Promise<Reply[]> => {
  const replies = new Map<WireProbe, Reply>();
  const probes = endpoints.map((endpoint): WireProbe => ({ timeoutMs: 2000, ...options, ...endpoint }));
  await wire.run(probes, {
    ...{ signal, perSecond: PER_SECOND },
    onReplies: (batch) => {
      for (const { probe, reply } of batch) replies.set(probe, reply);
    },
  });
  return probes.map(
    (probe) =>
      replies.get(probe) ?? {
        kind: 'unknown',
        fault: { kind: 'aborted', code: 'UNTOLD', text: 'never taken' },
      },
  );
};

/** Asks one endpoint in a run of its own. */
export const askOne = async (
  wire: Pick<Wire, 'run'>,
  endpoint: Endpoint,
  options: AskOptions = {},
): Promise<Reply> => {
  const [reply] = await askAll(wire, [endpoint], options);
  if (!reply) throw new Error('one probe has one reply');
  return reply;
};
