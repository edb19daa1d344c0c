import { decodeText } from '../targets/decode.ts';
import { readConfigBytes } from './config.ts';
import { formatOfFile } from './format-of-file.ts';
import { typedTexts } from './typed-texts.ts';

/** Options stand before the first table. Read as text, so that a file that cannot be parsed says it too. */
const NAGIOS = /^[ \t]*format[ \t]*=[ \t]*(["'])nagios\1/m;

const configSaysNagios = async (named: string | null): Promise<boolean> => {
  try {
    const file = await readConfigBytes(named);
    const [options = ''] = file ? decodeText(file.bytes).split(/^[ \t]*\[/m) : [];
    return NAGIOS.test(options);
  } catch {
    return false;
  }
};

/**
 * Whether errors go to a monitoring system: by the option, or by the configuration where no option asks
 * for another format. Looked up only when something went wrong, and whatever that was.
 */
export const wantsNagios = async (args: readonly string[]): Promise<boolean> => {
  const typed = typedTexts(args, '--format').at(-1);
  if (typed !== undefined) return typed === 'nagios';
  if (args[0] !== 'check' && args[0] !== 'audit') return false;
  const [only, ...others] = typedTexts(args, '--output', '-o');
  const ending = only === undefined || others.length > 0 ? null : formatOfFile(only);
  if (ending) return ending === 'nagios';
  return configSaysNagios(typedTexts(args, '--config').at(-1) ?? null);
};
