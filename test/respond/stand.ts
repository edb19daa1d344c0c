import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { PORT_LIMITS } from '../../src/respond/answer-port.ts';
import { type OpenedPorts, Responder } from '../../src/respond/responder.ts';
import { type ResponderCode, SECRET_BYTES } from '../../src/responder-protocol/code.ts';
import { portsOf } from '../../src/responder-protocol/responder-ports.ts';
import { openPort } from '../../src/wire/listen.ts';

/** Of a range of ports of which a few are enough for a test. */
export const codeOf = (fill: number, seed = 1): ResponderCode => ({
  seed,
  firewall: 'none',
  endsAtMinute: 30_000_000,
  range: null,
  secret: new Uint8Array(SECRET_BYTES).fill(fill),
});

export interface Standing extends OpenedPorts {
  readonly responder: Responder;
  readonly code: ResponderCode;
  readonly stop: () => void;
}

/** A responder on 127.0.0.1 for this test only, with the first `count` of its ports that are free. */
export const standUp = async (code: ResponderCode, count = 3): Promise<Standing> => {
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const responder = new Responder(code, over.signal);
  let opened = 0;
  const open = await responder.open(async (port, admit) => {
    if (opened >= count || port < 1024) return { code: 'LEFT' };
    const one = await openPort({ port, address: '127.0.0.1' }, PORT_LIMITS, admit);
    if ('close' in one) opened++;
    return one;
  });
  if (open.open.length < count) throw new Error(`no ports: ${portsOf(code).join(', ')}`);
  return { ...open, responder, code, stop: () => over.abort() };
};

/** What a peer got from a port. */
export interface Got {
  readonly bytes: Buffer;
  readonly ended: boolean;
}

/** Dials a port of 127.0.0.1, says this, and gives all that comes within `waitMs`, until `enough` bytes came, or until the other side closes. */
export const say = (
  port: number,
  speak: (socket: Socket, got: () => Buffer) => void,
  waitMs = 1000,
  enough = Number.POSITIVE_INFINITY,
): Promise<Got> =>
  new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const socket = connect(port, '127.0.0.1');
    const done = (ended: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ bytes, ended });
    };
    const timer = setTimeout(() => done(false), waitMs);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length >= enough) done(false);
    });
    socket.on('close', () => done(true));
    socket.on('connect', () => speak(socket, () => bytes));
  });
