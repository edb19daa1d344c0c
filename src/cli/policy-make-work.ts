import { UsageError } from '../model/fault.ts';
import { deliver, deliverBytes } from './deliver.ts';
import { log } from './log.ts';
import type { MakeOptions } from './options/policy-make.ts';
import { madeAs, policyFormatOf, remarksOn, wantedOf } from './policy-make.ts';

/** Writes the policy that was asked for. Throws UsageError for what was typed, before anything is written. */
export const makePolicy = async (options: MakeOptions): Promise<void> => {
  const format = policyFormatOf(options);
  const wanted = wantedOf(options);
  const { bytes, text } = madeAs(format, wanted);
  const path = options.output === '-' ? null : options.output;
  if (path === null && process.stdout.isTTY) {
    if (text === null)
      throw new UsageError(`--format ${format} is binary and not written to a terminal; name a file with -o`);
    await deliver([text], null);
  } else await deliverBytes(bytes, path);
  for (const remark of remarksOn(wanted, format)) log(remark);
};
