import type { TargetSpace } from '../../src/model/target.ts';
import type { SpaceGuard } from '../../src/targets/guard.ts';
import { readTargetSpec, type TargetRequest, type TargetSpec } from '../../src/targets/parse-space.ts';
import { readExcludes } from '../../src/targets/read-excludes.ts';
import { makeSpace } from '../../src/targets/space.ts';

export const OPEN: SpaceGuard = { families: { v4: true, v6: true }, scope: { allow: [], deny: [] } };

export const read = (
  targets: readonly string[],
  { excludes = [], guard = {} }: { excludes?: readonly string[]; guard?: Partial<SpaceGuard> } = {},
): TargetSpec => {
  const request: TargetRequest = {
    items: targets.map((text) => ({ text, at: 'target' })),
    excludes: readExcludes(excludes.map((text) => ({ text, at: '--exclude' }))),
    guard: { ...OPEN, ...guard },
  };
  return readTargetSpec(request);
};

export const listOf = (space: TargetSpace): string[] =>
  Array.from({ length: space.size }, (_, index) => {
    const target = space.at(index);
    return target.kind === 'address' ? target.address : target.name;
  });

export const list = (...parameters: Parameters<typeof read>): string[] =>
  listOf(makeSpace(read(...parameters).spec));
