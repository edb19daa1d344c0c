import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { Command } from 'commander';
import { UsageError } from '../model/fault.ts';
import { quoted } from '../text/quoted.ts';
import { loadConfig } from './config.ts';
import { wholeNumber } from './options.ts';
import { say } from './say.ts';

interface Flags {
  readonly host: string;
  readonly port: string;
  readonly tokenFile?: string;
  readonly name: readonly string[];
  readonly db?: string;
  readonly config?: string;
}

const TOKEN = 'RA_PREFLIGHT_SERVE_TOKEN';

/** The token from the file that is named, else from the environment; never from the command line, which others can see. */
const tokenOf = async ({ tokenFile }: Flags): Promise<string | null> => {
  if (tokenFile === undefined) return process.env[TOKEN] ?? null;
  try {
    return (await readFile(tokenFile, 'utf8')).trim();
  } catch (error) {
    throw new UsageError(
      `--token-file ${tokenFile}: cannot be read (${(error as NodeJS.ErrnoException).code ?? error})`,
    );
  }
};

/** `ra-preflight serve`: the history as web pages, until Ctrl-C. */
export const serveCommand = (): Command =>
  new Command('serve')
    .summary('show the history as a web page')
    .description(
      'Serves a read-only dashboard over the history: runs, live progress, reports, differences, hosts over time, schedules. On loopback anybody on this machine may read it; anywhere else it needs a token.',
    )
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <n>', 'TCP port, 0 for any that is free', '8135')
    .option('--token-file <file>', `file with the token (or ${TOKEN} in the environment)`)
    .option(
      '--name <name>',
      'another host name of this server, e.g. that of a proxy; may be repeated',
      (value: string, before: readonly string[]) => [...before, value],
      [] as readonly string[],
    )
    .option('--db <file>', 'history file (default in the data folder of the platform)')
    .option('--config <file>', 'the file with the [[schedule]] tables to show (default that of the platform)')
    .action(async (flags: Flags) => {
      const port = wholeNumber('--port', flags.port, 0, 65_535);
      const token = await tokenOf(flags);
      const [{ openHistoryFile }, { THEME }, { remoteDashboard }, { serveDashboard }] = await Promise.all([
        import('./history-file.ts'),
        import('./dashboard.ts'),
        import('./remote-dashboard.ts'),
        import('../serve/serve.ts'),
      ]);
      // What is wrong with the file is said now, and not to the first who asks.
      const named = flags.config === undefined ? null : await loadConfig(flags.config);
      const db = flags.db ?? named?.options.db ?? null;
      // What the configuration names is made by the first scheduled run; what is typed may be mistyped.
      const isExpected = db !== null && db === named?.options.db;
      (await openHistoryFile(db, 'read', isExpected)).close();
      if (isExpected && !existsSync(db))
        say(`no history at ${quoted(db)} yet; the dashboard shows the first run when there is one`);
      const dashboard = remoteDashboard(db, flags.config ?? null);
      try {
        const serving = await serveDashboard(dashboard, {
          host: flags.host,
          port,
          token,
          names: [hostname(), ...flags.name],
          look: THEME,
          now: Date.now,
          say,
        });
        process.stdout.write(`${serving.url}\n`);
        await new Promise<void>((resolve) => {
          for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
            process.once(signal, () => resolve());
        });
        await serving.close();
      } finally {
        dashboard.close();
      }
    });
