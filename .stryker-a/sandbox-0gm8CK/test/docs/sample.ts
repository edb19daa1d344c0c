import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './shown-commands.ts';

/** What a page shows below a command, to the end of its block. Throws where it shows no such command. */
export const sampleOf = (page: string, command: string): string => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const block = text.split(/^```.*\n/m).find((one) => one.startsWith(`$ ra-preflight ${command}\n`));
  if (block === undefined) throw new Error(`${page} shows no ${command}`);
  return block.slice(block.indexOf('\n') + 1);
};
