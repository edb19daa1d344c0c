import { describe, expect, it, onTestFinished } from 'vitest';
import { type Conversation, ConversationError } from '../../src/model/wire.ts';
import { CONTROL_LIMITS, sendReports } from '../../src/respond/control-connection.ts';
import { ControlListener } from '../../src/respond/control-listener.ts';
import {
  BEAT_EVERY,
  BEAT_SIZE,
  beatBytes,
  type ControlSession,
  HELLO_SIZE,
  helloBytes,
  REPORT_SIZE,
  readHello,
  readReport,
  reportBytes,
  welcomeBytes,
} from '../../src/responder-protocol/control.ts';
import { NONCE_SIZE } from '../../src/responder-protocol/frames.ts';
import { keysOf } from '../../src/responder-protocol/keys.ts';
import { SET_SIZE } from '../../src/responder-protocol/responder-ports.ts';
import { dialOut } from '../../src/wire/dial.ts';
import { openPort } from '../../src/wire/listen.ts';
import { openPath } from './path.ts';
import { codeOf, say } from './stand.ts';

const code = codeOf(7);
const keys = keysOf(code.secret);
const greeting = (beats: boolean) => ({ nonce: new Uint8Array(NONCE_SIZE).fill(3), beats });
const REPORT = {
  listening: new Uint8Array(SET_SIZE),
  arrived: new Uint8Array(SET_SIZE),
  challenged: new Uint8Array(SET_SIZE),
  isShared: false,
};
/** Longer than between two beats, and shorter than what the tests wait for. */
const LIMITS = { ...CONTROL_LIMITS, idleMs: 3500 };

const open = async (limits: typeof LIMITS, receive: Parameters<typeof openPort>[2]): Promise<number> => {
  const opened = await openPort({ port: 0, address: '127.0.0.1' }, limits, receive);
  if ('code' in opened) throw new Error(opened.code);
  onTestFinished(opened.close);
  return opened.port;
};

/** The novice's end; how it ended. */
const tell = (port: number, stop: AbortSignal, limits = LIMITS) => {
  let begun = 0;
  let end = 'done';
  const exchange = async (io: Conversation): Promise<void> => {
    try {
      await sendReports(io, keys, { begin: () => void begun++, report: () => REPORT, signal: stop });
    } catch (error) {
      if (error instanceof ConversationError) end = error.end;
      throw error;
    }
  };
  const dialled = dialOut(
    { address: '127.0.0.1', family: 4, port },
    { limits, exchange },
    { timeoutMs: 2000, signal: stop },
  );
  return { begun: () => begun, ended: dialled.then(() => end) };
};

/** The expert's end as versions before beats have it: reads reports and never sends anything after its welcome. */
const openOldExpert = async (onReport: () => void): Promise<number> =>
  open(LIMITS, () => ({
    signal: new AbortController().signal,
    ended: () => {},
    exchange: async (io) => {
      const hello = await io.read(HELLO_SIZE);
      if (readHello(keys, hello) === null) return;
      const welcome = welcomeBytes(keys, hello, greeting(false));
      await io.send(welcome);
      for (
        let sequence = 0;
        readReport(keys, [hello, welcome], sequence, await io.read(REPORT_SIZE));
        sequence++
      )
        onReport();
    },
  }));

describe('a control connection whose path breaks without a reset', () => {
  it('is given up on both sides within the time for silence', async () => {
    const over = new AbortController();
    onTestFinished(() => over.abort());
    const control = new ControlListener(code, over.signal);
    let gone = 0;
    const expert = await open(LIMITS, () => {
      const admitted = control.receive();
      const ended = (): void => {
        admitted?.ended();
        gone++;
      };
      return admitted && { ...admitted, ended };
    });
    const path = await openPath(expert);
    const { ended, begun } = tell(path.port, over.signal);
    await control.contact;
    control.count();
    // Beats have come and are expected from now on.
    expect(await control.noviceReport()).not.toBeNull();
    expect([begun(), gone]).toEqual([1, 0]);
    path.cut();
    expect(await ended).toBe('too-slow');
    await expect.poll(() => gone, { timeout: 20_000 }).toBe(1);
    expect(await control.noviceReport()).toBeNull();
  }, 60_000);

  it('is not given up while beats come, however long', async () => {
    const over = new AbortController();
    const control = new ControlListener(code, over.signal);
    const port = await open(LIMITS, () => control.receive());
    const { ended, begun } = tell(port, over.signal);
    await control.contact;
    control.count();
    // Each takes three reports: together longer than the time for silence.
    for (let count = 0; count < 6; count++) expect(await control.noviceReport()).not.toBeNull();
    expect(begun()).toBe(1);
    over.abort();
    await ended;
  }, 60_000);
});

describe('with an end of a version before beats', () => {
  it('the novice reports on, and misses nothing', async () => {
    const over = new AbortController();
    onTestFinished(() => over.abort());
    let reports = 0;
    const enough = new Promise<void>((resolve) => {
      openOldExpert(() => ++reports > 10 && resolve()).then((port) => tell(port, over.signal));
    });
    await enough;
    expect(reports).toBeGreaterThan(10);
  }, 60_000);

  it.each([
    ['a novice that takes beats gets one for each fourth report', true, Math.ceil(9 / BEAT_EVERY)],
    ['a novice that does not gets its welcome and nothing else', false, 0],
  ])(
    '%s',
    async (_, beats, count) => {
      const over = new AbortController();
      onTestFinished(() => over.abort());
      const control = new ControlListener(code, over.signal);
      const port = await open(CONTROL_LIMITS, () => control.receive());
      const hello = helloBytes(keys, greeting(beats));
      let session: ControlSession | null = null;
      const got = await say(
        port,
        (socket, got) => {
          socket.write(hello);
          socket.on('data', () => {
            if (session || got().length < HELLO_SIZE) return;
            session = [hello, got().subarray(0, HELLO_SIZE)];
            for (let sequence = 0; sequence < 9; sequence++)
              socket.write(reportBytes(keys, session, { sequence, ...REPORT }));
            socket.end();
          });
        },
        20_000,
      );
      const welcomed = session as ControlSession | null;
      expect(got.bytes).toHaveLength(HELLO_SIZE + count * BEAT_SIZE);
      if (welcomed === null) throw new Error('no welcome');
      const expected = Array.from({ length: count }, (_, place) =>
        beatBytes(keys, welcomed, place * BEAT_EVERY),
      );
      expect(got.bytes.subarray(HELLO_SIZE)).toEqual(Buffer.concat(expected));
    },
    60_000,
  );

  it('a beat of another connection ends the connection', async () => {
    const over = new AbortController();
    onTestFinished(() => over.abort());
    const forged = beatBytes(keys, [new Uint8Array(HELLO_SIZE), new Uint8Array(HELLO_SIZE)], 0);
    const port = await open(CONTROL_LIMITS, () => ({
      signal: over.signal,
      ended: () => {},
      exchange: async (io) => {
        const hello = await io.read(HELLO_SIZE);
        await io.send(welcomeBytes(keys, hello, greeting(true)));
        await io.send(forged);
        for (;;) await io.read(REPORT_SIZE);
      },
    }));
    expect(await tell(port, over.signal).ended).toBe('done');
  }, 60_000);
});
