import { render } from 'ink-testing-library';
import { afterEach, describe, expect, it } from 'vitest';
import { CheckApp } from '../../src/tui/check/check-app.tsx';
import { initialCheckView } from '../../src/tui/check/check-state.ts';
import { createCheckStore } from '../../src/tui/check/check-store.ts';
import type { Key, Press } from '../../src/tui/kit/press.ts';
import { hostEvents, someHosts, story } from './story.ts';

const mounted: ReturnType<typeof render>[] = [];
afterEach(() => {
  for (const one of mounted.splice(0)) one.unmount();
});

const mount = (hosts: number) => {
  const store = createCheckStore(initialCheckView({ columns: 100, rows: 30 }, 0));
  for (const event of story(someHosts(hosts))) store.collect(event);
  store.flush();
  const keys: Key[] = [];
  let gone = 0;
  const onKey = (key: Press): void => {
    keys.push(key.name);
    store.dispatch({ type: 'key', key });
  };
  const app = render(<CheckApp store={store} colour={false} onKey={onKey} onGone={() => gone++} />);
  mounted.push(app);
  return { store, app, keys, gone: () => gone };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('App', () => {
  it('draws one frame for a batch of events, and none before the batch', async () => {
    const { store, app } = mount(1);
    await turn();
    const before = app.frames.length;
    for (const host of someHosts(4)) for (const event of hostEvents(host, 1)) store.collect(event);
    await turn();
    expect(app.frames.length).toBe(before);
    store.flush();
    await turn();
    expect(app.frames.length).toBe(before + 1);
  });

  it('hears keys, several at once too', async () => {
    const { app, keys } = mount(3);
    await turn();
    for (const input of [
      '\u001B[A',
      '\u001B[5~',
      '\u001B[F',
      '\r',
      ' ',
      'G?',
      '\u001B',
      '\u0003',
      '\u0003\u0003',
      'j\r',
      '\u0001',
      'Z',
      '\u001B[<0;3;4M\u001B[<35;3;4M\u001B[<64;3;4M\u001B[<0;3;4m',
      '\u001B[I',
      '\u001B[200~',
    ]) {
      app.stdin.write(input);
      await turn();
      await turn();
    }
    expect(keys).toEqual([
      'up',
      'page-up',
      'end',
      'open',
      'page-down',
      'end',
      'help',
      'back',
      'interrupt',
      'interrupt',
      'interrupt',
      'down',
      'open',
      'other',
      'other',
      'click',
      'wheel-up',
      'other',
      'other',
    ]);
  });

  it('says when it goes', async () => {
    const { app, gone } = mount(1);
    await turn();
    expect(gone()).toBe(0);
    app.unmount();
    expect(gone()).toBe(1);
  });
});
