import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import { explainsFailures, isLimit, lossOf } from '../../../src/scanner/host/loss.ts';
import { accepted, fault, refused } from '../fakes.ts';

const observed = (reply: Reply, lost?: number): PortObservation => ({
  port: 135,
  requirement: 'endpoint-mapper',
  why: 'required',
  reply,
  attempts: 9,
  ...(lost === undefined ? {} : { lost }),
});

describe('the loss of a path', () => {
  it('is nothing where nothing answered', () => {
    const silence: Reply = { kind: 'silent', waitedMs: 100, attempts: 1 };
    expect(lossOf([], null)).toBe(0);
    expect(lossOf([observed(silence, 3), observed(fault('no-route', 'E'), 3)], null)).toBe(0);
  });

  it('is the share of lost probes to ports that answered in the end, and of lost controls', () => {
    const ports = [observed(accepted, 3), observed(refused), observed(refused, 0)];
    expect(lossOf(ports, null)).toBe(3 / 6);
    expect(lossOf(ports, { losses: { lost: 1, asked: 10 } })).toBe(4 / 16);
    expect(lossOf([], { losses: { lost: 1, asked: 10 } })).toBe(1 / 10);
  });
});

describe('a limit', () => {
  it.each([
    ['is none of two lost, whatever their share', 2, 2, 0, false],
    ['is none of a quarter', 3, 12, 0, false],
    ['is more than a quarter of three', 3, 11, 0, true],
    ['is none that the loss of the path explains', 3, 11, 0.1, false],
    ['is none that it explains once in three thousand hosts', 6, 11, 0.1, false],
    ['is none that it explains once in 800,000', 8, 11, 0.1, false],
    ['is one that it hardly explains', 9, 11, 0.1, true],
  ])('%s', (_, lost, asked, pathLoss, is) => {
    expect(isLimit({ lost, asked }, pathLoss)).toBe(is);
  });
});

describe('failures before controls answered', () => {
  it.each([
    ['of one, four in a row: once in 10,000, and thousands are probed', 4, 1, 0.1, true],
    ['of one, as often as it may be probed', 6, 1, 0.1, true],
    ['of one, more often', 8, 1, 0.1, false],
    ['of two, seven in all', 7, 2, 0.1, true],
    ['of two, eight in all', 8, 2, 0.1, false],
    ['where nothing is lost', 2, 1, 0, false],
  ])('%s', (_, failures, controls, pathLoss, isLoss) => {
    expect(explainsFailures(pathLoss, failures, controls)).toBe(isLoss);
  });
});
