import type { PolicyReport } from '../model/policy.ts';
import { policyFormatNames, policyFormats } from '../output/policy-formats.ts';
import { judgePolicy } from '../policy/judge/judge.ts';
import { deliver } from './deliver.ts';
import { formatFor } from './format-of-file.ts';
import type { PolicyCheckOptions } from './options/policy-check.ts';
import { checkWritable } from './output-file.ts';
import { readPolicyFiles } from './policy-files.ts';
import { screenOf } from './terminal.ts';

const EXIT_CODES: Readonly<Record<PolicyReport['verdict'], number>> = {
  ready: 0,
  blocked: 1,
  undetermined: 3,
};

/** `ra-preflight policy check`: reads the files, judges them, delivers the report, gives the exit code. */
export const checkPolicy = async (paths: readonly string[], options: PolicyCheckOptions): Promise<number> => {
  await checkWritable(options.output);
  const report = judgePolicy(await readPolicyFiles(paths), options.novice);
  const render = await policyFormats[formatFor(options, policyFormatNames)]();
  const screen = screenOf(process.stdout, process.env, options.colour && options.output === null);
  await deliver(render(report, { ...screen, verbose: options.verbose }), options.output);
  return EXIT_CODES[report.verdict];
};
