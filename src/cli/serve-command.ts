import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { Command } from 'commander';
import { quoted } from '../text/quoted.ts';
import { loadConfig } from './config.ts';
import { log } from './log.ts';
import { addOptions, valuesOf } from './options/declare.ts';
import { file, orNull, text, texts, whole } from './options/kinds.ts';
import { DB, SCHEDULES } from './options/shared.ts';
import { readBytes } from './read-bytes.ts';

const TOKEN = 'RA_PREFLIGHT_SERVE_TOKEN';

const SERVE = {
  host: { long: 'host', kind: text('address'), help: 'where to listen', standard: '127.0.0.1' },
  port: {
    long: 'port',
    kind: whole([0, 65_535]),
    help: 'TCP port, 0 for any that is free',
    standard: 8135,
  },
  tokenFile: {
    long: 'token-file',
    kind: orNull(file),
    help: `file with the token (or ${TOKEN} in the environment)`,
    standard: null,
  },
  names: {
    long: 'name',
    kind: texts('name', null),
    help: 'another host name of this server, e.g. that of a proxy; may be repeated',
    standard: [],
  },
  db: DB,
  config: {
    ...SCHEDULES,
    help: 'the file with the [[schedule]] tables to show (default that of the platform)',
  },
} as const;

/** The token from the file that is named, else from the environment; never from the command line, which others can see. */
const tokenOf = async (tokenFile: string | null): Promise<string | null> => {
  if (tokenFile === null) return process.env[TOKEN] ?? null;
  return (await readBytes(tokenFile, `--token-file ${tokenFile}`, 1)).toString().trim();
};

/** `ra-preflight serve`: the history as web pages, until Ctrl-C. */
export const serveCommand = (): Command =>
  addOptions(new Command('serve'), SERVE)
    .summary('show the history as a web page')
    .description(
      'Serves a read-only dashboard over the history: runs, live progress, reports, differences, hosts over time, schedules. On loopback anybody on this machine may read it; anywhere else it needs a token.',
    )
    .action(async (_: unknown, command: Command) => {
      const { host, port, tokenFile, names, config, ...rest } = valuesOf(command, SERVE);
      const token = await tokenOf(tokenFile);
      const [{ openHistoryFile }, { THEME }, { remoteDashboard }, { serveDashboard }] = await Promise.all([
        import('./history-file.ts'),
        import('./dashboard.ts'),
        import('./remote-dashboard.ts'),
        import('../serve/serve.ts'),
      ]);
      // An error in the file is reported now, and not to the first visitor.
      const named = config === null ? null : await loadConfig(config);
      const db = rest.db ?? named?.options.db ?? null;
      // What the configuration names is made by the first scheduled run; what is typed may be mistyped.
      const isExpected = db !== null && db === named?.options.db;
      (await openHistoryFile(db, 'read', isExpected)).close();
      if (isExpected && !existsSync(db))
        log(`no history at ${quoted(db)} yet; the dashboard shows the first run when there is one`);
      const dashboard = remoteDashboard(db, config);
      try {
        const serving = await serveDashboard(dashboard, {
          host,
          port,
          token,
          names: [hostname(), ...names],
          look: THEME,
          now: Date.now,
          log,
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
