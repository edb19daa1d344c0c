import { describe, expect, it } from 'vitest';
import { beside, withWitnesses } from '../../src/cli/witnesses.ts';
import type { JudgedEvent } from '../../src/model/event.ts';
import type { HostReport, Run } from '../../src/model/report.ts';
import { readTargetSpec } from '../../src/targets/parse-space.ts';
import { NO_EXCLUDES } from '../../src/targets/read-excludes.ts';
import { makeSpace } from '../../src/targets/space.ts';
import { randomOf } from '../simulation/random.ts';
import { type Kind, OPEN, reportOn } from '../simulation/witness-world.ts';
import { run } from './run.ts';

const reported = (low: number, kind: Kind): HostReport =>
  reportOn(OPEN, { address: `10.1.2.${low}`, kind, half: 0, own: null }, randomOf(1));

const readOne = (text: string) =>
  readTargetSpec({
    items: [{ text, at: 'target' }],
    excludes: NO_EXCLUDES,
    guard: { families: { v4: true, v6: true }, scope: { allow: [], deny: [] } },
  }).spec;

const RUN = { id: 'r', interrupted: false } as Run;
const judged = (host: number, report: HostReport): JudgedEvent => ({ type: 'host-judged', host, report });

const read = async (events: readonly JudgedEvent[]): Promise<JudgedEvent[]> => {
  const out: JudgedEvent[] = [];
  const source = (async function* () {
    yield* events;
  })();
  for await (const event of withWitnesses(source, 2)) out.push(event);
  return out;
};

const verdicts = (events: readonly JudgedEvent[]): unknown[] =>
  events.flatMap((event) => (event.type === 'host-judged' ? [[event.host, event.report.verdict]] : []));

describe('the stream of a check with witnesses', () => {
  const novice = reported(10, 'stealthy');
  const other = reported(11, 'server');
  const witness = reported(20, 'server');
  const started: JudgedEvent = { type: 'run-started', run: RUN, hosts: 3 };
  const asked: JudgedEvent[] = [
    started,
    {
      type: 'host-started',
      host: 2,
      target: { kind: 'name', text: 'w', name: 'w' },
      address: null,
      names: [],
    },
    judged(0, novice),
    judged(2, witness),
    judged(1, other),
  ];

  it('has only the targets, and judges those that witnesses settle when these were asked again', async () => {
    const events = await read([...asked, judged(2, witness), { type: 'run-finished', run: RUN }]);
    expect(events[0]).toEqual({ ...started, hosts: 2 });
    expect(events.map(({ type }) => type)).toEqual([
      'run-started',
      'host-judged',
      'host-judged',
      'run-finished',
    ]);
    expect(verdicts(events)).toEqual([
      [1, other.verdict],
      [0, 'ready'],
    ]);
  });

  it('does not settle by a witness that was not asked again', async () => {
    const events = await read([...asked, { type: 'run-finished', run: RUN }]);
    expect(verdicts(events)).toContainEqual([0, 'undetermined']);
    expect(JSON.stringify(events)).toContain('witness-none');
  });

  it('settles nothing in a run that was interrupted, and says nothing of witnesses', async () => {
    const events = await read([
      ...asked,
      judged(2, witness),
      { type: 'run-finished', run: { ...RUN, interrupted: true } },
    ]);
    expect(events).toContainEqual(judged(0, novice));
  });
});

describe('whom a check probes', () => {
  it('are the targets, and behind them the witnesses', () => {
    const targets = makeSpace(readOne('10.1.2.1'));
    const { space, order, witnesses } = beside(targets, readOne('10.1.2.9'));
    const asked = [...order];
    expect(asked.map((index) => space.at(index).text)).toEqual(['10.1.2.1', '10.1.2.9']);
    expect([...(witnesses ?? [])]).toEqual([1]);
    expect(beside(targets, null).witnesses).toBeUndefined();
  });
});

describe('check --witness', () => {
  it.each([
    ['10.1.2.0/24', "--witness '10.1.2.0/24': expected one name or address"],
    ['@hosts', "--witness '@hosts': expected one name or address"],
    ['224.0.0.1', '--witness'],
    ['127.0.24.9', '--witness'],
  ])('refuses %s before a packet is sent', async (witness, words) => {
    const excluded = witness === '127.0.24.9' ? ['--exclude', '127.0.24.9'] : [];
    const { code, stderr } = await run(['check', '127.0.24.1', '--witness', witness, ...excluded]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  it('reports the targets only, and its exit code is theirs', async () => {
    const { code, stdout } = await run([
      ...['check', '127.0.24.1', '--witness', '127.0.24.2', '--format', 'json', '--quiet'],
    ]);
    const report = JSON.parse(stdout);
    expect(report.hosts.map(({ target }: HostReport) => target)).toEqual(['127.0.24.1']);
    expect(report.summary.hosts).toBe(1);
    expect(code).toBe(1);
  });
});
