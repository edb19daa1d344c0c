import { UsageError } from '../model/fault.ts';
import { deliver, deliverBytes } from './deliver.ts';
import { type MakeFlags, madeAs, policyFormatOf, remarksOn, wantedOf } from './policy-make.ts';
import { say } from './say.ts';

/** Writes the policy that was asked for. Throws UsageError for what was typed, before anything is written. */
export const makePolicy = async (flags: MakeFlags): Promise<void> => {
  const format = policyFormatOf(flags);
  const wanted = wantedOf(flags);
  const { bytes, text } = madeAs(format, wanted);
  const path = flags.output === undefined || flags.output === '-' ? null : flags.output;
  if (path === null && process.stdout.isTTY) {
    if (text === null)
      throw new UsageError(`--format ${format} is binary and not written to a terminal; name a file with -o`);
    await deliver([text], null);
  } else await deliverBytes(bytes, path);
  for (const remark of remarksOn(wanted, format)) say(remark);
};
