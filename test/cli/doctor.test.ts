import { describe, expect, it } from 'vitest';
import { run } from './run.ts';

describe('doctor', () => {
  it('says which engines run here, and how to get those that do not', async () => {
    const { code, stdout } = await run(['doctor', '--format', 'json']);
    expect(code).toBe(0);
    const { findings } = JSON.parse(stdout) as {
      findings: { name: string; ok: boolean; lines: string[] }[];
    };
    expect(findings.map(({ name }) => name)).toEqual([
      'engine node',
      'engine linux',
      'engine syn',
      'ICMP echo',
    ]);
    for (const { lines } of findings) expect(lines.join('')).not.toBe('');
    expect(findings[0]?.ok).toBe(true);
  });

  it('names the missing right and the command that grants it', async ({ skip }) => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0)
      return skip('needs root to give the right up');
    const { stdout } = await run(['doctor'], { without: 'cap_net_raw' });
    expect(stdout).toMatch(/missing {2}engine syn .*CAP_NET_RAW/);
    expect(stdout).toMatch(/setcap cap_net_raw/);
    const asked = await run(['audit', '127.0.29.1', '--engine', 'syn', '--db', ':memory:'], {
      without: 'cap_net_raw',
    });
    expect(asked).toMatchObject({ code: 2, stdout: '' });
    expect(asked.stderr).toMatch(/--engine syn: .*CAP_NET_RAW/);
    const auto = await run(['audit', '127.0.29.1', '--db', ':memory:', '--format', 'json', '--sample', '3'], {
      without: 'cap_net_raw',
    });
    expect(JSON.parse(auto.stdout).run).toMatchObject({
      engine: 'linux',
      engineWhy: expect.stringContaining('CAP_NET_RAW'),
    });
  });
});
