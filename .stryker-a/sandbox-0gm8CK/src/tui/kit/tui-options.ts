import { messageOf } from '../../text/error-message.ts';
import { cleaned } from '../../text/fit-text.ts';
import type { Copied } from './clipboard-text.ts';
import type { CommandLine } from './command-line.ts';

/** What a live screen is given: streams, whether to colour, and how text is cleaned and copied. */
export interface TuiOptions {
  /** Keys come from here; without raw mode the screen only shows. */
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly colour: boolean;
  /** Lines that are only ever added, for screen readers, instead of a screen. */
  readonly screenReader: boolean;
  /** Makes one line of text safe for a terminal. */
  readonly clean: (text: string) => string;
  /** The user wants out while the run goes on, perhaps repeatedly. The stream is expected to end soon. */
  readonly onStop: (how: 'quit' | 'interrupt') => void;
  /** Puts a text on the clipboard, or into a file; resolves to a sentence that says where it is. The text is safe to show. */
  readonly copy: (copied: Copied) => Promise<string>;
  /** Command lines that probe again what is shown: of the one host whose target text this is, or of all. */
  readonly commandsFor: (target: string | null) => readonly CommandLine[];
}

/** Whether somebody can press keys: a screen stays for them when its run has ended. */
export const hasKeys = ({ stdin }: Pick<TuiOptions, 'stdin'>): boolean => stdin.isTTY === true;

/** Copies what there is to copy, and says where it is. */
export const copying =
  ({ copy, clean }: Pick<TuiOptions, 'copy' | 'clean'>, say: (text: string) => void) =>
  (what: Copied | Promise<Copied> | null, otherwise: string): void => {
    if (what === null) say(otherwise);
    else
      Promise.resolve(what)
        .then(copy)
        .then(
          (said) => say(cleaned(said, clean)),
          (error: unknown) => say(cleaned(`nothing was copied: ${messageOf(error)}`, clean)),
        );
  };
