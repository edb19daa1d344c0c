import { describe, expect, it } from 'vitest';
import type { Control, Flows, PortObservation } from '../../src/model/evidence.ts';
import type { Reply } from '../../src/model/reply.ts';
import {
  controlHeld,
  flowConfidence,
  isHalfFiltered,
  isLossy,
  isSilentEnough,
  silenceConfidence,
  silenceTells,
  silentFlowsTell,
  stoppedAfter,
} from '../../src/verdict/silence.ts';
import { silent } from './nearly-alike.ts';

const ACCEPTED: Reply = { kind: 'accepted', rttMs: 1 };
const silence = (attempts: number): Reply => ({ kind: 'silent', waitedMs: 1, attempts });
const port = (reply: Reply, more: Partial<PortObservation> = {}): PortObservation => ({
  port: 50_000,
  requirement: 'dynamic-rpc',
  why: 'sampled',
  reply,
  attempts: 1,
  ...more,
});
const control = (answered: number, asked: number, stopped: number | null = null): Control => ({
  of: 'own',
  asked,
  answered,
  stoppedAfter: stopped,
});
const under = (of: Control | null) => silent({ control: of });
const HELD = control(9, 9);

describe('a control', () => {
  it.each([
    [null, false],
    [control(2, 2), false],
    [control(3, 3), true],
    [control(2, 3), false],
    [control(9, 9, 24), false],
  ] as const)('%j held: %s', (of, held) => {
    expect(controlHeld(under(of))).toBe(held);
  });

  it('says when answers stopped', () => {
    expect([null, HELD, control(9, 9, 24)].map((of) => stoppedAfter(under(of)))).toEqual([null, null, 24]);
  });
});

describe('lost packets', () => {
  it.each([
    [0.05, [9], false],
    [0.051, [4], false],
    [0.051, [5], true],
    [0.051, [2, 3], true],
    [0.25, [4], false],
    [0.251, [], true],
  ])('a share of %d with %j lost to ports that answer is lossy: %s', (lossEstimate, lost, lossy) => {
    const ports = [port(ACCEPTED), ...lost.map((count) => port(ACCEPTED, { lost: count }))];
    expect(isLossy({ ...silent({ lossEstimate }), ports })).toBe(lossy);
  });

  it('explain less silence the more probes and ports were silent, out of the fewer asked', () => {
    const isEnough = (attempts: number[], among: number, lossEstimate = 0) =>
      isSilentEnough(
        silent({ lossEstimate }),
        attempts.map((one) => port(silence(one))),
        among,
      );
    expect(isEnough([3], 1)).toBe(false);
    expect(isEnough([4], 1)).toBe(true);
    expect(isEnough([4], 15)).toBe(true);
    expect(isEnough([4], 17)).toBe(false);
    expect(isEnough([3, 3], 17)).toBe(true);
    expect(isEnough([4], 1, 0.2)).toBe(false);
    expect(isEnough([6], 1, 0.2)).toBe(true);
    expect(isEnough([], 1)).toBe(false);
  });
});

describe('silence', () => {
  const confidence = (...ports: PortObservation[]) => silenceConfidence(silent({}), ports, 'proven');

  it('is weak where no port was probed twice, or packets get lost', () => {
    expect(confidence(port(silence(1)))).toBe('weak');
    expect(confidence(port(silence(2)))).toBe('proven');
    expect(confidence(port(silence(1)), port(silence(2)))).toBe('proven');
    expect(confidence(port(silence(1), { attempts: 3 }))).toBe('proven');
    expect(confidence(port(silence(3)))).toBe('proven');
    expect(confidence(port(ACCEPTED, { attempts: 3 }))).toBe('weak');
    expect(silenceConfidence(silent({ lossEstimate: 0.3 }), [port(silence(3))], 'proven')).toBe('weak');
  });

  it('tells more than a limit once it is longer than the limit explains', () => {
    const half = under(control(4, 8));
    expect(silenceTells(half, port(silence(9)))).toBe(false);
    expect(silenceTells(half, port(silence(10)))).toBe(true);
    expect(silenceTells(half, port(ACCEPTED, { attempts: 10 }))).toBe(false);
    expect(silenceTells(under(null), port(silence(1)))).toBe(true);
  });
});

describe('flows', () => {
  const flows = (asked: number, answered: number, more: Partial<Flows> = {}): Flows => ({
    asked,
    answered,
    ...more,
  });

  it.each([
    [ACCEPTED, undefined, false],
    [ACCEPTED, flows(8, 0), false],
    [ACCEPTED, flows(8, 1), true],
    [ACCEPTED, flows(8, 7), true],
    [ACCEPTED, flows(8, 8), false],
    [silence(3), flows(8, 4), false],
  ] as const)('of %j with %j are filtered in part: %s', (reply, of, half) => {
    expect(isHalfFiltered(port(reply, of ? { flows: of } : {}))).toBe(half);
  });

  it('that are silent tell when each was probed longer than a limit explains', () => {
    const half = under(control(4, 8));
    const probed = (attempts: number, lost?: number) =>
      port(ACCEPTED, { attempts, flows: flows(8, 4), ...(lost === undefined ? {} : { lost }) });
    expect(silentFlowsTell(half, probed(43))).toBe(false);
    expect(silentFlowsTell(half, probed(44))).toBe(true);
    expect(silentFlowsTell(half, probed(44, 1))).toBe(false);
    expect(silentFlowsTell(half, probed(45, 1))).toBe(true);
    expect(silentFlowsTell(half, port(ACCEPTED, { attempts: 44 }))).toBe(false);
  });

  it('that single packets were sent over tell when the control was answered more often than chance allows', () => {
    const none = under(control(0, 8));
    const beside = (answered: number, of: number) =>
      port(ACCEPTED, { attempts: 8, flows: flows(8, answered, { control: of }) });
    expect(silentFlowsTell(none, beside(0, 8))).toBe(true);
    expect(silentFlowsTell(none, beside(1, 8))).toBe(false);
    expect(silentFlowsTell(none, beside(4, 4))).toBe(false);
  });

  it('are as sure as their control, the loss and the number of probes allow', () => {
    const probed = (attempts: number, of: Flows | undefined) =>
      port(ACCEPTED, { attempts, ...(of ? { flows: of } : {}) });
    const single = probed(64, flows(64, 32, { control: 64 }));
    expect(flowConfidence(under(HELD), single)).toBe('proven');
    expect(flowConfidence(under(control(8, 9)), single)).toBe('likely');
    const half = flows(8, 4);
    expect(flowConfidence(under(HELD), probed(11, half))).toBe('weak');
    expect(flowConfidence(under(HELD), probed(12, half))).toBe('proven');
    expect(flowConfidence(under(control(8, 9)), probed(12, half))).toBe('likely');
    expect(flowConfidence(silent({ control: HELD, lossEstimate: 0.3 }), probed(12, half))).toBe('weak');
    // One silent flow that was probed twice may be loss.
    expect(flowConfidence(under(HELD), probed(9, flows(8, 7)))).toBe('likely');
    expect(flowConfidence(under(HELD), probed(12, flows(8, 7)))).toBe('proven');
  });
});
