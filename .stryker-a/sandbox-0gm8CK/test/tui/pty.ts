import { setTimeout as wait } from 'node:timers/promises';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';

/** Generous, for loaded machines; nothing waits so long when it works. */
const PATIENCE_MS = 15_000;

const started: pty.IPty[] = [];

/** Ends what the test before has left. */
export const endAll = (): void => {
  for (const one of started.splice(0)) one.kill('SIGKILL');
};

/** A Node program as a user starts it: in a pseudo-terminal, drawn by xterm's own engine. */
export const startIn = (
  size: { readonly cols: number; readonly rows: number },
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) => {
  const terminal = new xterm.Terminal({ ...size, allowProposedApi: true, scrollback: 500 });
  const { CI: _ci, NO_COLOR: _no, FORCE_COLOR: _force, ...inherited } = process.env;
  const child = pty.spawn(process.execPath, [...args], {
    ...size,
    name: 'xterm-256color',
    env: { ...inherited, TERM: 'xterm-256color', ...env },
  });
  started.push(child);
  let written = '';
  child.onData((text) => {
    written += text;
    terminal.write(text);
  });
  const exited = new Promise<number>((resolve) => child.onExit(({ exitCode }) => resolve(exitCode)));
  /** Everything on the screen, what scrolled away included. */
  const text = async (): Promise<string> => {
    await new Promise<void>((resolve) => terminal.write('', resolve));
    const buffer = terminal.buffer.active;
    return Array.from(
      { length: buffer.length },
      (_, y) => buffer.getLine(y)?.translateToString(true) ?? '',
    ).join('\n');
  };
  return {
    terminal,
    written: () => written,
    text,
    isAlternate: () => terminal.buffer.active.type === 'alternate',
    sees: async (words: string | RegExp): Promise<string> => {
      const end = performance.now() + PATIENCE_MS;
      while (performance.now() < end) {
        const seen = await text();
        if (typeof words === 'string' ? seen.includes(words) : words.test(seen)) return seen;
        await wait(20);
      }
      throw new Error(`never saw ${words} in:\n${await text()}`);
    },
    press: (keys: string): void => child.write(keys),
    resize: (cols: number, rows: number): void => {
      terminal.resize(cols, rows);
      child.resize(cols, rows);
    },
    exited: async (): Promise<number> => {
      const code = await exited;
      // What was written last may still be in the pipe when the exit is known.
      await wait(50);
      return code;
    },
  };
};
