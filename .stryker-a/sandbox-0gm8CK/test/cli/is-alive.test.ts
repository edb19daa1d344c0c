import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { isAlive } from '../../src/cli/is-alive.ts';

describe('a process', () => {
  it('lives until it has ended', async () => {
    const child = spawn('sleep', ['60']);
    const pid = child.pid ?? 0;
    expect(isAlive(pid, Date.now())).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(pid, Date.now())).toBe(false);
  });

  it('that has ended and was not collected does not live', async () => {
    // The parent becomes another program, which knows nothing of its child.
    const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60']);
    const [line] = await once(createInterface(parent.stdout), 'line');
    const pid = Number(line);
    let lives = true;
    for (let looks = 0; looks < 100 && lives; looks++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      lives = isAlive(pid, Date.now());
    }
    // It is still there to be signalled.
    expect(() => process.kill(pid, 0)).not.toThrow();
    expect(lives).toBe(false);
    parent.kill('SIGKILL');
  });

  it('with our own number is another when it was seen before we started', () => {
    expect(isAlive(process.pid, Date.now())).toBe(true);
    expect(isAlive(process.pid, Date.now() - process.uptime() * 1000 - 60_000)).toBe(false);
  });
});
