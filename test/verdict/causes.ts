import { type Cause, needsOf } from '../../src/verdict/groups/cause.ts';

export const DYNAMIC = needsOf(['dynamic-rpc']);
export const DESKTOP = needsOf(['remote-desktop']);

/** A cause, keyed as the hosts of a block key it. */
export const cause = (more: Partial<Cause> = {}): Cause => {
  const made = { needs: DYNAMIC, how: 'drop', by: null, afterHop: null, key: '', ...more } as const;
  const place = made.afterHop ?? (made.beforeHop ? `<${made.beforeHop}` : '-');
  return { ...made, key: `${made.needs} ${made.how} ${made.by ?? '-'} ${place}` };
};
