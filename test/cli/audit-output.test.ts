import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { chooseOutput } from '../../src/cli/audit-output.ts';
import { AUDIT } from '../../src/cli/options/scan-mode.ts';
import { resolveOptions } from '../../src/cli/options.ts';
import type { JudgedEvent } from '../../src/model/event.ts';
import type { HostReport } from '../../src/model/report.ts';
import { mayBeRaised } from '../../src/verdict/tally.ts';
import { ready, reportOf } from '../output/reports.ts';
import { all, run } from '../scanner/fakes.ts';
import { STEALTH } from '../verdict/networks.ts';
import { sketch } from '../verdict/reports.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-sink-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('ndjson gives a host in doubt once, when its neighbours cannot change its verdict any more', async () => {
  const doubted = sketch({ address: '10.1.0.9', ...STEALTH });
  expect(mayBeRaised(doubted)).toBe(true);
  const raised: HostReport = { ...doubted, verdict: 'blocked' };
  const path = join(folder, 'lines.ndjson');
  const options = {
    ...resolveOptions({}, { options: {}, scope: { allow: [], deny: [] } }, AUDIT),
    format: 'ndjson' as const,
    outputs: [path],
    quiet: true,
  };
  const history = { host: () => raised };
  const place = { options, space: all([]).space, tui: false, tally: {}, history, run };
  const sink = chooseOutput(place as unknown as Parameters<typeof chooseOutput>[0]);
  async function* events(): AsyncGenerator<JudgedEvent> {
    yield { type: 'host-judged', host: 0, report: doubted };
    yield { type: 'host-judged', host: 1, report: ready };
  }
  await sink.follow(events(), {} as Parameters<typeof sink.follow>[1]);
  await sink.deliver(reportOf([raised, ready]));
  const hosts = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ verdict }) => verdict !== undefined);
  expect(hosts.map(({ target, verdict }) => [target, verdict])).toEqual([
    [ready.target, 'ready'],
    [doubted.target, 'blocked'],
  ]);
});
