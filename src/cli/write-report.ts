import type { JudgedEvent } from '../model/event.ts';
import type { ReportSource } from '../model/report.ts';
import { formats } from '../output/formats.ts';
import { cleanText } from '../text/clean-text.ts';
import { copier } from './clipboard.ts';
import { commandLinesFor, type ShownRun } from './command-line.ts';
import { deliver } from './deliver.ts';
import { nameVantages } from './name-vantages.ts';
import { findOfferer } from './offer.ts';
import { outputsOf, type ScanOptions } from './options.ts';
import { screenOf } from './terminal.ts';

/** Reads a stream to its end. */
export const drain = async (events: AsyncIterable<JudgedEvent>): Promise<void> => {
  for await (const _ of events);
};

/** Writes a report in the formats and to the places that the options name. */
export const deliverReport = async (options: ScanOptions, report: ReportSource): Promise<void> => {
  const { verbose } = options;
  for (const { path, format } of outputsOf(options)) {
    const screen = screenOf(process.stdout, process.env, options.colour && path === null);
    const render = await formats[format]();
    const clearIsReady = options.undetermined === 'ok';
    await deliver(render(nameVantages(report, format), { ...screen, verbose, clearIsReady }), path);
  }
};

/** What is known of a run by now, as a page beside the user's other files; gives a sentence that says where. */
export const exportPage = async (id: string, report: ReportSource): Promise<string> => {
  const path = `ra-preflight-${id}.html`;
  const render = await formats.html();
  await deliver(render(report, { width: 100, colour: false, verbose: false }), path);
  return `written to ${path}`;
};

/** What every live screen is given. To be called before Ink is loaded. */
export const tuiOptions = (shown: ShownRun, onStop: () => void) => {
  const { colour, spoken } = screenOf(process.stdout, process.env, shown.options.colour);
  // Ink's colours (chalk) look at the environment when they are loaded, and not at NO_COLOR.
  if (!colour) process.env['FORCE_COLOR'] = '0';
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    colour,
    screenReader: spoken,
    clean: cleanText,
    onStop,
    copy: copier(process.stdout),
    commandsFor: commandLinesFor(shown),
    offerer: findOfferer(process.platform, process.env),
  };
};
