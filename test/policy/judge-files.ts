import type { Novice, PolicyCode } from '../../src/model/policy.ts';
import { judgePolicy } from '../../src/policy/judge/judge.ts';
import { read } from './files.ts';

export const judge = (novice: Novice, ...files: readonly (Uint8Array | string)[]) =>
  judgePolicy(
    files.map((bytes, index) => read(bytes, { file: `${index}.pol` })),
    novice,
  );

export const found = (report: ReturnType<typeof judge>, code: PolicyCode) =>
  report.findings.filter((one) => one.code === code);
