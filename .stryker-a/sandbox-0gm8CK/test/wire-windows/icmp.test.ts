import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Reply } from '../../src/model/reply.ts';
import { needs } from '../lab/gate.ts';
import type { Namespaces } from '../lab/namespaces.ts';
import { whyNoLab } from '../lab/tools.ts';
import type { Asked } from '../wire-linux/asker.ts';
import { type Asking, buildAsking } from '../wire-linux/asking.ts';
import { asNobody, openPath, R1, R2, startAtTarget, TARGET } from '../wire-linux/path.ts';

const RULES = [
  'dport 2001 meta nfproto ipv4 reject with icmp type port-unreachable',
  'dport 2002 meta nfproto ipv4 reject with icmp type admin-prohibited',
  'dport 2003 meta nfproto ipv4 reject with icmp type prot-unreachable',
  'dport 2001 meta nfproto ipv6 reject with icmpv6 type port-unreachable',
  'dport 2002 meta nfproto ipv6 reject with icmpv6 type admin-prohibited',
  'dport 2004 reject with tcp reset',
  'dport 2005 drop',
];

const said = (reply: Reply): string => {
  if (reply.kind === 'rejected' && 'icmp' in reply.cause) {
    const { icmp, from } = reply.cause;
    return `${icmp.type}/${icmp.code} from ${from}`;
  }
  return reply.kind;
};

const why = await whyNoLab();

describe('the windows wire over the played Winsock of Windows 10 2004, by user nobody', () => {
  let spaces: Namespaces | undefined;
  let asking: Asking | undefined;
  beforeAll(async () => {
    if (why) return;
    asking = await buildAsking('test/wire-windows/asker.ts');
    spaces = await openPath(RULES, ['sport 10000-29999 tcp flags & rst == rst drop']);
    await startAtTarget(spaces, 'listener.mjs');
  });
  afterAll(async () => {
    await spaces?.close();
    await asking?.remove();
  });
  const ask = async (questions: readonly Asked[]): Promise<string[]> => {
    if (!spaces || !asking) throw new Error('there is no path to ask over');
    return (await asking.ask(questions, asNobody(spaces))).map(said);
  };

  test('tells type, code and sender of a rejection', async ({ skip }) => {
    needs(skip, why);
    const of = (address: string, ports: readonly number[]): Asked[] =>
      ports.map((port) => ({ address, port, timeoutMs: 1000 }));
    expect(await ask(of(TARGET[4], [2001, 2002, 2003, 2004, 2005]))).toEqual([
      `3/3 from ${R1[4]}`,
      `3/13 from ${R1[4]}`,
      `3/2 from ${R1[4]}`,
      'refused',
      'silent',
    ]);
    expect(await ask(of(TARGET[6], [2001, 2002, 2004, 2005]))).toEqual([
      `1/4 from ${R1[6]}`,
      `1/1 from ${R1[6]}`,
      'refused',
      'silent',
    ]);
  });

  test('traces a TCP port by its TTL', async ({ skip }) => {
    needs(skip, why);
    const traced = (address: string): Asked[] =>
      [1, 2, 3].map((ttl) => ({ address, port: 9, ttl, timeoutMs: 1000 }));
    expect(await ask(traced(TARGET[4]))).toEqual([`11/0 from ${R1[4]}`, `11/0 from ${R2[4]}`, 'refused']);
    expect(await ask(traced(TARGET[6]))).toEqual([`3/0 from ${R1[6]}`, `3/0 from ${R2[6]}`, 'refused']);
  });
});
