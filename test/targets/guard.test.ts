import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import { makeGuard, type SpaceGuard } from '../../src/targets/guard.ts';
import { readItem } from '../../src/targets/item.ts';

const whyNot = (text: string, guard: Partial<SpaceGuard>): string | null => {
  const { check } = makeGuard({ families: { v4: true, v6: true }, scope: { allow: [], deny: [] }, ...guard });
  try {
    check(readItem({ text, at: 'target' }));
    return null;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.message.replace(/^target '[^']*': /, '');
  }
};
const denying = (...deny: string[]) => ({ scope: { allow: [], deny } });
const allowing = (...allow: string[]) => ({ scope: { allow, deny: [] } });

describe('what is denied', () => {
  it('is said with the block that holds all of it', () => {
    expect(whyNot('10.0.0.0/25', denying('10.0.0.0/30', '10.0.0.0/24'))).toBe(
      'is out of scope: the configuration denies 10.0.0.0/24',
    );
    expect(whyNot('10.1.1.1', denying('::/64', '10.0.0.0/8'))).toBe(
      'is out of scope: the configuration denies 10.0.0.0/8',
    );
  });

  it('is all of it where blocks do so together', () => {
    expect(whyNot('10.0.0.0/24', denying('10.0.0.0/25', '10.0.0.128/25'))).toBe(
      'is out of scope: the configuration denies all of it',
    );
  });
});

it('says everything that is allowed', () => {
  expect(whyNot('192.0.2.1', allowing('10.0.0.0/8', '172.16.0.0/12'))).toBe(
    'is out of scope: the configuration allows only 10.0.0.0/8, 172.16.0.0/12',
  );
});

describe('an own address', () => {
  const own = [
    { address: 'eth0', why: 'cannot be read' },
    { address: '10.0.0.255', why: 'is the broadcast address of eth0' },
  ];

  it('is refused by itself, whatever else cannot be read', () => {
    expect(whyNot('10.0.0.255', { own })).toBe('is the broadcast address of eth0');
  });

  it('is no other address, nor one of the other family with that number', () => {
    expect(whyNot('10.0.0.254', { own })).toBeNull();
    expect(whyNot('::a00:ff', { own })).toBeNull();
    expect(whyNot('10.0.0.0/24', { own })).toBeNull();
  });
});
