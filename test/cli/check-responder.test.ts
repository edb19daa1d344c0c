import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { openResponder, responderOrder } from '../../src/cli/check-responder.ts';
import type { ScanEvent } from '../../src/model/event.ts';
import type { HostEvidence } from '../../src/model/evidence.ts';
import type { Conversation } from '../../src/model/wire.ts';
import { CONTROL_LIMITS, sendReports } from '../../src/respond/control-connection.ts';
import { codeText } from '../../src/responder-protocol/code.ts';
import { keysOf } from '../../src/responder-protocol/keys.ts';
import { portsOf, setBytes } from '../../src/responder-protocol/responder-ports.ts';
import { dialOut } from '../../src/wire/dial.ts';
import { openPort } from '../../src/wire/listen.ts';
import { codeOf } from '../respond/stand.ts';

const code = { ...codeOf(7), endsAtMinute: Math.floor(Date.now() / 60_000) + 10 };
const CODE = codeText(code);
const draw = portsOf(code);

/** A port of 127.0.0.1 that nobody has at this moment. */
const freePort = async (): Promise<number> => {
  const opened = await openPort({ port: 0, address: '127.0.0.1' }, CONTROL_LIMITS, () => null);
  if ('code' in opened) throw new Error(opened.code);
  opened.close();
  return opened.port;
};

/** A responder that dials again and again, at whose port number N something arrived when it dialled for the Nth time. */
const keepDialling = (port: number): void => {
  const over = new AbortController();
  onTestFinished(() => over.abort());
  let times = -1;
  const report = () => ({
    listening: setBytes(draw, () => true),
    arrived: setBytes(draw, (one) => one === draw[times]),
    challenged: setBytes(draw, () => false),
    isShared: false,
  });
  const talk = {
    limits: CONTROL_LIMITS,
    exchange: (io: Conversation) =>
      sendReports(io, keysOf(code.secret), { begin: () => void times++, report, signal: over.signal }),
  };
  void (async () => {
    while (!over.signal.aborted) {
      await dialOut({ address: '127.0.0.1', family: 4, port }, talk, {
        timeoutMs: 5000,
        signal: over.signal,
      });
      await pause(20);
    }
  })();
};

it('a second check over a control connection counts only what arrives in it', async () => {
  const port = await freePort();
  const { order } = responderOrder({ responder: CODE, listen: `127.0.0.1:${port}`, idle: false }, [
    '127.0.0.1',
  ]);
  keepDialling(port);
  const { run, close } = await openResponder(order, () => {});
  onTestFinished(close);
  const arrivedInCheck = async (): Promise<readonly number[] | undefined> => {
    const finished = { type: 'host-finished', host: 0, evidence: {} as HostEvidence } as ScanEvent;
    const events = (async function* () {
      yield finished;
    })();
    for await (const event of run?.attach(events) ?? [])
      if (event.type === 'host-finished') return event.evidence.responder?.noviceReport?.arrived;
    return undefined;
  };
  expect(await arrivedInCheck()).toEqual([draw[0]]);
  expect(await arrivedInCheck()).toEqual([draw[1]]);
}, 30_000);

it.each([
  [null, []],
  [':PORT', ['--listen', ':PORT']],
  ['127.0.0.1:PORT', ['--listen', '127.0.0.1:PORT']],
  ['[::1]:PORT', ['--listen', '[::1]:PORT']],
])(
  'the options of a responder ask the same one again, with a control connection at %j',
  async (at, words) => {
    const port = String(await freePort());
    const listen = at?.replace('PORT', port) ?? null;
    const { order } = responderOrder({ responder: CODE.toLowerCase(), listen, idle: true }, ['127.0.0.1']);
    const { run, close } = await openResponder(order, () => {}, AbortSignal.abort());
    close();
    expect(run?.words).toEqual([
      '--responder',
      CODE,
      ...words.map((word) => word.replace('PORT', port)),
      '--idle',
    ]);
  },
);
