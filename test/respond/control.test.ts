import { getEventListeners, once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CONTROL_LIMITS, sendReports } from '../../src/respond/control-connection.ts';
import { ControlListener } from '../../src/respond/control-listener.ts';
import { helloBytes } from '../../src/responder-protocol/control.ts';
import { NONCE_SIZE } from '../../src/responder-protocol/frames.ts';
import { keysOf } from '../../src/responder-protocol/keys.ts';
import { portsOf, setBytes } from '../../src/responder-protocol/responder-ports.ts';
import { dialOut } from '../../src/wire/dial.ts';
import { openPort } from '../../src/wire/listen.ts';
import { codeOf, say } from './stand.ts';

const code = codeOf(7);
const draw = portsOf(code);
const [one = 0, two = 0] = draw;

/** The expert's end on a free port of 127.0.0.1. */
const listening = async () => {
  const over = new AbortController();
  const control = new ControlListener(code, over.signal);
  const opened = await openPort({ port: 0, address: '127.0.0.1' }, CONTROL_LIMITS, () => control.receive());
  if ('code' in opened) throw new Error(opened.code);
  onTestFinished(() => {
    over.abort();
    opened.close();
  });
  return { control, port: opened.port };
};

/** The novice's end, which reports that something arrived at `one`. */
const telling = (port: number, made = code) => {
  const over = new AbortController();
  onTestFinished(() => over.abort());
  let begun = 0;
  const report = () => ({
    listening: setBytes(draw, () => true),
    arrived: setBytes(draw, (drawn) => drawn === one),
    challenged: setBytes(draw, () => false),
    isShared: false,
  });
  const talk = {
    limits: CONTROL_LIMITS,
    exchange: (io: Parameters<typeof sendReports>[0]) =>
      sendReports(io, keysOf(made.secret), { begin: () => void begun++, report, signal: over.signal }),
  };
  const endpoint = { address: '127.0.0.1', family: 4, port } as const;
  const ended = dialOut(endpoint, talk, { timeoutMs: 2000, signal: over.signal });
  return { ended, begun: () => begun, stop: () => over.abort() };
};

describe('a control connection', () => {
  it('tells the expert what arrived, once both have shown the key', async () => {
    const { control, port } = await listening();
    expect(await control.noviceReport()).toBeNull();
    const { begun, stop, ended } = telling(port);
    await control.contact;
    control.count();
    const told = await control.noviceReport();
    expect(begun()).toBe(1);
    expect(told?.arrived).toEqual([one]);
    expect(told?.challenged).toEqual([]);
    expect(told?.listening).toContain(two);
    stop();
    expect(await ended).toBe(true);
  }, 20_000);

  it('finds a place among connections that show no key, however many they are', async () => {
    const { control, port } = await listening();
    const silent = Array.from({ length: 40 }, () => connect(port, '127.0.0.1'));
    onTestFinished(() => {
      for (const socket of silent) socket.destroy();
    });
    for (const socket of silent) socket.on('error', () => {});
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    await vi.waitFor(() => expect(silent.filter(({ destroyed }) => !destroyed)).toHaveLength(8));
    telling(port);
    await control.contact;
    // Who has shown the key is not sent away for others.
    const more = connect(port, '127.0.0.1');
    onTestFinished(() => void more.destroy());
    await once(more, 'connect');
    control.count();
    expect((await control.noviceReport())?.arrived).toEqual([one]);
  }, 20_000);

  it('ends when what arrives is to be counted anew, and the next one is waited for', async () => {
    const { control, port } = await listening();
    expect(control.renew()).toBe(false);
    const first = telling(port);
    await control.contact;
    expect(control.renew()).toBe(true);
    await first.ended;
    expect(control.renew()).toBe(false);
    expect(await control.noviceReport()).toBeNull();
    const second = telling(port);
    await control.contact;
    control.count();
    expect((await control.noviceReport())?.arrived).toEqual([one]);
    expect(second.begun()).toBe(1);
  }, 20_000);

  it('that came after the first packet, or another since then, does not know all that arrived', async () => {
    const { control, port } = await listening();
    control.count();
    const late = telling(port);
    await control.contact;
    expect(await control.noviceReport()).toBeNull();
    control.count();
    expect((await control.noviceReport())?.arrived).toEqual([one]);
    late.stop();
    await late.ended;
    const again = telling(port);
    await vi.waitFor(() => expect(again.begun()).toBe(1));
    expect(await control.noviceReport()).toBeNull();
  }, 20_000);

  it('of another key is closed without a byte, and nothing of it is taken', async () => {
    const { control, port } = await listening();
    const { ended, begun } = telling(port, codeOf(8));
    await ended;
    expect(begun()).toBe(0);
    expect(await control.noviceReport()).toBeNull();
  });

  it('gives 0 bytes to who has no key, and to a hello that was recorded', async () => {
    const { port } = await listening();
    const hello = helloBytes(keysOf(code.secret), { nonce: new Uint8Array(NONCE_SIZE).fill(5), beats: true });
    const saying = (bytes: Uint8Array | string) => say(port, (socket) => void socket.write(bytes), 300);
    expect((await saying('GET / HTTP/1.1\r\n\r\n')).bytes).toHaveLength(0);
    expect(
      (await saying(helloBytes(keysOf(codeOf(9).secret), { nonce: new Uint8Array(NONCE_SIZE), beats: true })))
        .bytes,
    ).toHaveLength(0);
    const welcome = await say(port, (socket) => void socket.write(hello), 10_000, hello.length);
    expect(welcome.bytes).toHaveLength(hello.length);
    expect((await saying(hello)).bytes).toHaveLength(0);
  });

  it('to nobody is no connection', async () => {
    const { port } = await listening();
    const free = await openPort({ port: 0, address: '127.0.0.1' }, CONTROL_LIMITS, () => null);
    if ('code' in free) throw new Error(free.code);
    free.close();
    expect(port).not.toBe(free.port);
    expect(await telling(free.port).ended).toBe(false);
    // Which is tried once a second, all the time.
    const { signal } = new AbortController();
    const talk = { limits: CONTROL_LIMITS, exchange: async () => {} };
    const at = (to: number) => ({ address: '127.0.0.1', family: 4, port: to }) as const;
    await dialOut(at(free.port), talk, { timeoutMs: 2000, signal });
    await dialOut(at(port), talk, { timeoutMs: 2000, signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
