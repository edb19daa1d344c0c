import { describe, expect, it } from 'vitest';
import {
  type Answers,
  fromMasscan,
  fromNmap,
  fromOurs,
  fromPlain,
  fromZmap,
} from '../../bench/peers/answers.ts';
import { addressOf, jobOf, truthOf } from '../../bench/peers/campus.ts';
import { score } from '../../bench/peers/score.ts';

const job = jobOf(1024, [2000, 50_000]);

/** What somebody says who knows everything. */
const perfect = (): Answers =>
  new Map(
    Array.from({ length: job.size }, (_, n) => n).flatMap((n) =>
      job.ports.map((port) => [`${addressOf(n)} ${port}`, truthOf(n, port)] as const),
    ),
  );

describe('the score of a contender', () => {
  it('is full for one who knows everything', () => {
    expect(score(job, perfect())).toEqual({
      pairs: 4096,
      right: 1,
      absent: 0,
      routerResets: 64,
      routerResetsTold: 64,
      wrong: {},
    });
  });

  it('lets a reset by a router pass as closed, and counts it as not told', () => {
    const answers = perfect();
    for (const [key, said] of answers) if (said === 'router-reset') answers.set(key, 'closed');
    expect(score(job, answers)).toMatchObject({ right: 1, routerResetsTold: 0 });
  });

  it('reads what is absent as filtered, and counts it', () => {
    const { right, absent, wrong } = score(job, new Map());
    // Of 4,096 pairs: 64 x 2 by r1, 64 by r2, 64 by hosts, 64 x 3 stealthy, 64 x 4 dead.
    expect(right).toBeCloseTo((64 + 64 + 64 + 64 + 64 * 3 + 64 * 4) / 4096);
    expect(absent).toBe(4096);
    expect(wrong['open absent']).toBeGreaterThan(0);
  });

  it('counts a wrong word', () => {
    const answers = perfect();
    answers.set('10.81.0.0 135', 'closed');
    expect(score(job, answers).wrong).toEqual({ 'open closed': 1 });
  });
});

describe('what contenders print', () => {
  it('is read from our ndjson', () => {
    const ports = [
      { port: 135, state: 'filtered', reason: 'middlebox-reset' },
      { port: 3389, state: 'closed', reason: 'reset' },
    ];
    const text = `{"schema":"x"}\n${JSON.stringify({ address: '10.81.0.1', ports })}\n{"summary":{}}\n`;
    expect([...fromOurs(text, job.ports)]).toEqual([
      ['10.81.0.1 135', 'router-reset'],
      ['10.81.0.1 3389', 'closed'],
    ]);
  });

  it('is read from XML of nmap, the ports that it sums up included', () => {
    const text =
      '<host starttime="1"><address addr="10.81.0.1" addrtype="ipv4"/><ports><extraports state="closed" count="3"/>' +
      '<port protocol="tcp" portid="135"><state state="open" reason="syn-ack"/></port></ports></host>';
    expect([...fromNmap(text, job.ports)]).toEqual([
      ['10.81.0.1 135', 'open'],
      ['10.81.0.1 2000', 'closed'],
      ['10.81.0.1 3389', 'closed'],
      ['10.81.0.1 50000', 'closed'],
    ]);
  });

  it('is read from lists of masscan, zmap and the plain connect', () => {
    const expected = [
      ['10.81.0.1 135', 'open'],
      ['10.81.0.2 2000', 'closed'],
    ];
    expect([
      ...fromMasscan('#masscan\nopen tcp 135 10.81.0.1 17\nclosed tcp 2000 10.81.0.2 17\n# end\n', job.ports),
    ]).toEqual(expected);
    expect([
      ...fromZmap('saddr,sport,classification\n10.81.0.1,135,synack\n10.81.0.2,2000,rst\n', job.ports),
    ]).toEqual(expected);
    expect([...fromPlain('10.81.0.1 135 open\n10.81.0.2 2000 closed\n', job.ports)]).toEqual(expected);
  });
});
