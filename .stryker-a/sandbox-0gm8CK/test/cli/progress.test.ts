import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { withProgress } from '../../src/cli/progress.ts';
import type { JudgedEvent } from '../../src/model/event.ts';

/** What is written while these events pass, and the events that came out. */
const shown = async (events: readonly JudgedEvent[], isTTY: boolean) => {
  const stream = Object.assign(new PassThrough(), { isTTY });
  const passed: JudgedEvent[] = [];
  const source = (async function* () {
    yield* events;
  })();
  for await (const event of withProgress(source, stream as unknown as NodeJS.WriteStream)) passed.push(event);
  stream.end();
  return { text: (await stream.toArray()).join(''), passed };
};

describe('withProgress', () => {
  const notice: JudgedEvent = { type: 'notice', text: 'fe80::1%\u001b[2Jeth0\nready: all of them' };

  it('prints a notice on one line, without what could steer a terminal', async () => {
    const { text, passed } = await shown([notice], false);
    expect(passed).toEqual([notice]);
    expect(text).toMatch(/^ra-preflight: fe80::1%.*ready: all of them\n$/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come.
    expect(text.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });

  it('erases its own line before a notice on a terminal', async () => {
    const { text } = await shown([{ type: 'notice', text: 'short of descriptors' }], true);
    expect(text).toContain('\r\u001b[2Kra-preflight: short of descriptors\n');
  });
});
