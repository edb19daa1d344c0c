import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UnderWine, whyNoWine } from './under-wine.ts';

const why = await whyNoWine();

/** The command lines, by what they show. */
const RUNS: Readonly<Record<string, string>> = {
  doctor: 'doctor --format json',
  'self-test': 'doctor --self-test 127.0.0.1 --format json',
  check: 'check 127.0.0.1 --rpc-ports 5002-5004 --seed 7 --format json',
  'node-check': 'check 127.0.0.1 --engine node --rpc-ports 5002-5004 --seed 7 --no-ping --format json',
  audit: `audit '@list.txt' --rpc-ports 5002-5003 --seed 7 --format json --db 'M\u00fcller.db'`,
  history: "history --format json --db 'M\u00fcller.db'",
  report: "report latest --format csv --db 'M\u00fcller.db' -o out.csv",
  device: 'check 127.0.0.1 -o NUL --no-ping',
  usage: 'check --engine linux 127.0.0.1 --no-ping',
  impatient: 'check --timeout 1s 127.0.0.1 --no-ping',
};

interface Port {
  readonly port: number;
  readonly state: string;
  readonly reason: string;
}

describe('the packed program on the win32 build of Node, under Wine', () => {
  const wine = new UnderWine();
  beforeAll(async () => {
    if (why) return;
    writeFileSync(join(wine.folder, 'list.txt'), Buffer.from('\ufeff127.0.0.2\r\n127.0.0.3\r\n', 'utf16le'));
    await wine.run('package', RUNS);
  }, 300_000);
  afterAll(() => wine.close());

  test('doctor names the engines of Windows and no others', ({ skip }) => {
    if (why) return skip(why);
    const { code, out } = wine.of('doctor');
    const { findings } = JSON.parse(out) as { findings: { name: string; ok: boolean }[] };
    expect(code).toBe(0);
    expect(findings.map(({ name, ok }) => [name, ok])).toEqual([
      ['engine node', true],
      ['engine windows', true],
      ['ICMP echo', true],
      ['history', true],
      ['terminal', true],
      ['configuration', true],
      ['data folder', true],
      ['clock', true],
      ['control probe', true],
    ]);
  });

  test('its self-test finds every call right, and echo without IPv6 absent', ({ skip }) => {
    if (why) return skip(why);
    const { code, out } = wine.of('self-test');
    const { engine, steps } = JSON.parse(out) as {
      engine: string;
      steps: { name: string; state: string }[];
    };
    expect(engine).toBe('windows');
    const states = Object.fromEntries(steps.map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({
      'IPv4 connect': 'ok',
      'IPv4 refusal': 'ok',
      'IPv4 talk': 'ok',
      'one local port': 'ok',
      'many at once': 'ok',
      'IPv4 echo': 'ok',
      'IPv6 echo': 'absent',
      'host TCP 135': 'seen',
    });
    expect(code).toBe(0);
  });

  test.for(['check', 'node-check'])('%s tells open, refused and rejected', (name, { skip }) => {
    if (why) return skip(why);
    const { code, out } = wine.of(name);
    const { hosts } = JSON.parse(out);
    const ports: readonly Port[] = hosts[0].ports;
    const states = Object.fromEntries(ports.map(({ port, state, reason }) => [port, `${state} ${reason}`]));
    expect(states).toMatchObject({
      135: 'open syn-ack',
      3389: 'closed conn-refused',
      5002: 'closed conn-refused',
      5003: 'filtered host-unreach',
      5004: 'filtered proto-unreach',
    });
    expect(code).toBe(1);
  });

  test('a check takes the windows engine, and says what it lacks', ({ skip }) => {
    if (why) return skip(why);
    const { run } = JSON.parse(wine.of('check').out);
    expect(run).toMatchObject({
      engine: 'windows',
      engineWhy: expect.stringContaining('older than Windows 10 2004'),
    });
  });

  test('an audit reads a list in UTF-16 with CRLF, and the history keeps it', ({ skip }) => {
    if (why) return skip(why);
    const { code, out } = wine.of('audit');
    const verdicts = JSON.parse(out).hosts.map(
      ({ target, verdict }: { target: string; verdict: string }) => `${target} ${verdict}`,
    );
    expect(verdicts).toEqual(['127.0.0.2 blocked', '127.0.0.3 unreachable']);
    expect(code).toBe(1);
    expect(existsSync(join(wine.folder, 'M\u00fcller.db'))).toBe(true);
    expect(JSON.parse(wine.of('history').out).runs).toHaveLength(1);
    expect(wine.of('report').code).toBeLessThanOrEqual(1);
    expect(readFileSync(join(wine.folder, 'out.csv'), 'utf8')).toMatch(/^target,.*\r\n127\.0\.0\.2,/s);
  });

  test.for([
    ['device', /name of a device/],
    ['usage', /runs on Linux.*win32/],
    ['impatient', /--timeout 1000ms: with the windows engine here .* expected 3500ms or more/],
  ] as const)('what cannot be is refused in one line, with exit code 2: %s', ([name, said], { skip }) => {
    if (why) return skip(why);
    expect(wine.of(name)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(said) });
  });
});
