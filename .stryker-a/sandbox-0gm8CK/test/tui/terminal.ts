import { EventEmitter } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import xterm from '@xterm/headless';

/** A terminal that a test looks at: what was written to it is drawn by xterm's own engine. */
export const fakeTerminal = (columns: number, rows: number) => {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const stdout = Object.assign(new EventEmitter(), {
    isTTY: true,
    columns,
    rows,
    written: '',
    write(text: string) {
      this.written += text;
      terminal.write(text);
      return true;
    },
  });
  const keys: string[] = [];
  const rawModes: boolean[] = [];
  const stdin = Object.assign(new EventEmitter(), {
    isTTY: true,
    setRawMode: (on: boolean) => rawModes.push(on),
    setEncoding: () => {},
    ref: () => {},
    unref: () => {},
    read: () => keys.shift() ?? null,
  });
  const drawn = (): Promise<void> => new Promise((resolve) => terminal.write('', resolve));
  const textOf = (buffer: (typeof terminal)['buffer']['active']): string =>
    Array.from({ length: terminal.rows }, (_, y) => buffer.getLine(y)?.translateToString(true) ?? '')
      .join('\n')
      .trimEnd();
  const text = async (): Promise<string> => {
    await drawn();
    return textOf(terminal.buffer.active);
  };
  return {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    written: () => stdout.written,
    rawModes,
    text,
    isAlternate: async (): Promise<boolean> => {
      await drawn();
      return terminal.buffer.active.type === 'alternate';
    },
    isCursorShown: (): boolean =>
      stdout.written.lastIndexOf('\u001B[?25h') > stdout.written.lastIndexOf('\u001B[?25l'),
    press: async (key: string): Promise<void> => {
      keys.push(key);
      stdin.emit('readable');
      // Ink waits a turn to tell a lone escape from the start of a longer key.
      await wait(5);
    },
    resize: async (to: { columns: number; rows: number }): Promise<void> => {
      await drawn();
      terminal.resize(to.columns, to.rows);
      Object.assign(stdout, to);
      stdout.emit('resize');
      await drawn();
    },
    /** Waits until the screen shows `words`, at most ten seconds: a busy machine may be slow. */
    sees: async (words: string | RegExp): Promise<string> => {
      for (let i = 0; i < 1000; i++) {
        const now = await text();
        if (typeof words === 'string' ? now.includes(words) : words.test(now)) return now;
        await wait(10);
      }
      throw new Error(`never saw ${words} in:\n${await text()}`);
    },
  };
};
